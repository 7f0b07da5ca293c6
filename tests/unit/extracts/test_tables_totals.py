"""Totals that a sheet states agree with the rows that were read, or the file is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.headers import HeaderMatcher
from tests.unit.extracts.whole import WholeTable, read_table

Read = Callable[..., WholeTable]
HEADER = "STT;Mã hồ sơ;Số lần bổ sung;Phí;Kết quả;Ngày tiếp nhận;Trạng thái"


def case(key: str, count: str, fee: str = "", result: str = "x") -> str:
    return f"1;{key};{count};{fee};{result};03/01/2022;Đang xử lý"


@pytest.fixture
def read(make_contract: Callable[..., Contract], tmp_path: Path) -> Read:
    names = ("dossier_id", "received_at", "status", "supplement_count")
    contract = make_contract(columns={name: {} for name in names})

    def run(*lines: str) -> WholeTable:
        path = tmp_path / "a.csv"
        path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
        return read_table(path, HeaderMatcher(contract))

    return run


FOUR = (
    "I. Sở A",
    case("a", "1", "1.000,5"),
    case("b", "2", "2.000"),
    "II. Sở B",
    case("c", "3", "0,5"),
    case("d", "0", "99"),
)


@pytest.mark.parametrize(
    "total",
    [
        pytest.param("Tổng cộng;4", id="count of the rows"),
        pytest.param("Tổng cộng: 4 hồ sơ", id="count in words"),
        pytest.param("Tổng cộng;;6;3.100", id="sums, also of a column that is not declared"),
        pytest.param("Tổng cộng;4;6;3.100,00;4", id="counts and sums"),
        pytest.param("Cộng sở B;2;3", id="of the last group"),
        pytest.param("Tổng số hồ sơ quá hạn;17", id="of something else"),
        pytest.param("Tổng cộng;4;;97,5%", id="a share is no count"),
    ],
)
def test_a_total_that_agrees_is_dropped(read: Read, total: str) -> None:
    table = read(*FOUR, total)
    assert table.frame.height == 4
    assert table.furniture == {"group": 2, "total": 1}


@pytest.mark.parametrize(
    ("total", "stated", "found"),
    [
        ("Tổng cộng;5", "5 under 'Mã hồ sơ'", "are 4"),
        ("Tổng cộng: 5 hồ sơ", "5", "are 4"),
        ("Tổng cộng;;7", "7 under 'Số lần bổ sung'", "add up to 6"),
        ("Tổng cộng;;;3.101", "3101 under 'Phí'", "add up to 3100"),
        ("Tổng cộng;4;7", "7 under 'Số lần bổ sung'", "add up to 6"),
    ],
)
def test_a_total_that_contradicts_the_rows_refuses_the_file(
    read: Read, total: str, stated: str, found: str
) -> None:
    with pytest.raises(RejectedFileError) as refusal:
        read(*FOUR, total)
    sentence = str(refusal.value)
    assert sentence.startswith("TOTALS_MISMATCH: row 8 (")
    assert f"states {stated}, but the rows read {found}" in sentence


@pytest.mark.parametrize(
    ("total", "named"),
    [
        ("Tổng cộng do Nguyễn Văn A lập;5", "row 8 (tổng cộng) states 5"),
        ("Tổng cộng;;;0905123456", "row 8 (tổng cộng) states a number of nine digits or more"),
    ],
)
def test_of_a_total_only_its_first_words_and_its_count_are_told(
    read: Read, total: str, named: str
) -> None:
    with pytest.raises(RejectedFileError) as refusal:
        read(*FOUR, total)
    assert named in str(refusal.value)
    assert not re.search(r"nguyễn|905123456", str(refusal.value), re.IGNORECASE)


def test_totals_of_groups_and_of_all(read: Read) -> None:
    table = read(*FOUR[:3], "Cộng;2;3", *FOUR[3:], "Cộng;2;3", "Tổng cộng;4;6")
    assert table.furniture == {"total": 3, "group": 2}
    with pytest.raises(RejectedFileError, match=r"row 5 .* states 1, but the rows read are 2"):
        read(*FOUR[:3], "Cộng: 1", *FOUR[3:], "Tổng cộng;4;6")


def test_a_total_may_stand_above_the_rows(read: Read) -> None:
    assert read("Tổng số;4;6", *FOUR).frame.height == 4
    with pytest.raises(RejectedFileError, match=r"row 2 .* states 3 .* rows read are 4"):
        read("Tổng số;3", *FOUR)


def test_a_row_without_a_key_counts_as_a_row(read: Read) -> None:
    assert read(*FOUR, case("", "1"), "Tổng cộng;5").frame.height == 5
