"""What is told from a whole file is told the same, however few rows of it are held at a time."""

from __future__ import annotations

import gzip
import weakref
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts import ingest as ingesting
from pipelines.extracts import reading
from pipelines.extracts.formats import delimited
from pipelines.extracts.formats.blocks import BLOCK_BYTES
from pipelines.extracts.formats.tables import open_table
from pipelines.extracts.ingest import ingest
from pipelines.extracts.landing import scan
from pipelines.extracts.layout.headers import HeaderMatcher
from pipelines.extracts.rawstore import Account, RawStore
from pipelines.settings import Settings

RUN_AT = datetime(2022, 4, 1, tzinfo=UTC)
HEADER = "Mã hồ sơ,Ngày tiếp nhận,Trạng thái,Ghi chú\n"
LINE = "\n"
SIZES = (150, 1_000, BLOCK_BYTES)

MakeContract = Callable[..., Contract]
Take = Callable[[str | bytes, int], tuple[Account, pl.DataFrame, list[dict[str, Any]]]]


def case(key: object, status: str = "Đang xử lý", day: str = "01/03/2022") -> str:
    return f"{key},{day},{status},\n"


def cases(first: int, last: int) -> str:
    return "".join(case(f"HS-{key}") for key in range(first, last))


@pytest.fixture
def reader(make_contract: MakeContract) -> Contract:
    return make_contract(columns={name: {} for name in ("dossier_id", "received_at", "status")})


@pytest.fixture
def take(
    settings: Settings, reader: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Take:
    """Ingests one file, so many bytes at a time; gives its account, rows and rejected lines."""

    def run(content: str | bytes, size: int) -> tuple[Account, pl.DataFrame, list[dict[str, Any]]]:
        monkeypatch.setattr(ingesting, "read_extract", partial(reading.read_extract, size=size))
        place = Settings(data_dir=tmp_path / str(size))
        path = place.landing / "dossiers" / "hs_2022-03-31.csv"
        path.parent.mkdir(parents=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        ingest(place, reader, scan(place)["dossiers"], run_at=RUN_AT)
        store = RawStore(place.raw, "dossiers")
        (account,) = store.accounts()
        rejected = store.rejected_path(account.extract_id)
        lines = pl.read_ndjson(rejected).to_dicts() if rejected.exists() else []
        rows = store.parquet_path(account.extract_id)
        assert {path.suffix for path in store.folder.iterdir()} <= {".parquet", ""}
        return account, pl.read_parquet(rows) if rows.exists() else pl.DataFrame(), lines

    return run


@pytest.mark.parametrize("size", SIZES)
def test_an_identical_repeat_far_below_counts_once(take: Take, size: int) -> None:
    text = HEADER + cases(0, 100) + case("HS-3") + cases(100, 200) + case("HS-3")
    account, rows, rejected = take(text, size)
    assert (account.rows_read, account.rows_accepted, account.rows_duplicate) == (202, 200, 2)
    assert rows["_row_number"].to_list() == [*range(2, 102), *range(103, 203)]
    assert rejected == []


@pytest.mark.parametrize("size", SIZES)
def test_a_contradiction_far_below_takes_an_accepted_row_back(take: Take, size: int) -> None:
    text = (
        HEADER
        + cases(0, 100)
        + case("HS-3")
        + case("lạ", "lạ")
        + case("HS-3", "Đã trả kết quả")
        + cases(100, 200)
        + case("HS-150", "khác")
    )
    account, rows, rejected = take(text, size)
    assert (account.rows_read, account.rows_accepted) == (204, 198)
    assert (account.rows_rejected, account.rows_duplicate) == (6, 0)
    keys = [f"HS-{key}" for key in range(200) if key not in (3, 150)]
    assert rows["dossier_id"].to_list() == keys
    assert [(line["row_number"], line["code"], line["case_id"]) for line in rejected] == [
        (5, "DUP_KEY", "HS-3"),
        (102, "DUP_KEY", "HS-3"),
        (103, "UNMAPPED_STATUS", "lạ"),
        (104, "DUP_KEY", "HS-3"),
        (155, "DUP_KEY", "HS-150"),
        (205, "UNMAPPED_STATUS", "HS-150"),
        (205, "DUP_KEY", "HS-150"),
    ]
    assert rejected[0]["reason"] == (
        "The key HS-3 stands in rows 5, 102, 104 with different status: keep the right one."
    )


@pytest.mark.parametrize("size", SIZES)
def test_rows_with_line_breaks_keep_the_numbers_of_their_lines(take: Take, size: int) -> None:
    notes = [f'"{key}{LINE * (key % 4)}"' for key in range(120)]
    rows = [case(f"HS-{key}").strip() + notes[key] + LINE for key in range(120)]
    _, found, _ = take(HEADER + "".join(rows), size)
    lines = [2 + "".join(rows[:place]).count("\n") for place in range(len(rows))]
    assert found["_row_number"].to_list() == lines


@pytest.mark.parametrize("size", SIZES)
def test_a_first_row_with_too_many_cells_is_rejected_alone(take: Take, size: int) -> None:
    text = HEADER + case("a").strip() + "x,y,z\n" + cases(0, 100) + case("b").strip() + ",z,z\n"
    account, _, rejected = take(text, size)
    assert (account.rows_accepted, [line["row_number"] for line in rejected]) == (100, [2, 103])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("stated", "is_right"), [(200, True), (199, False)])
def test_a_total_is_held_against_all_rows(
    take: Take, size: int, stated: int, is_right: bool
) -> None:
    text = HEADER + "I. Sở A,,,\n" + cases(0, 100) + "II. Sở B,,,\n" + cases(100, 200)
    account, rows, _ = take(f"{text}Tổng cộng,{stated},,\n", size)
    assert (account.error is None) == is_right
    assert rows.height == (200 if is_right else 0)
    if is_right:
        assert account.furniture == {"group": 2, "total": 1}
    else:
        assert str(account.error).startswith("TOTALS_MISMATCH: row 204 (tổng cộng) states 199")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("blanks", [3, 500])
def test_a_signature_ends_the_table_however_many_blank_rows_follow(
    take: Take, size: int, blanks: int
) -> None:
    end = "Người lập biểu,,,\n(đã ký),,,\nNguyễn Văn A,,,\n" + ",,,\n" * blanks
    account, rows, rejected = take(HEADER + cases(0, 100) + end, size)
    assert (rows.height, rejected) == (100, [])
    assert account.furniture == {"signature": 3, "blank": blanks}


@pytest.mark.parametrize("size", SIZES)
def test_days_and_months_exchanged_in_different_parts_refuse_the_file(
    take: Take, size: int
) -> None:
    true = "".join(
        case(f"t{day}-{month}", day=f"2022-{month:02}-{day:02}")
        for day in range(1, 13)
        for month in range(1, 13)
    )
    texts = "".join(case(f"x{day}", day=f"{day}/03/2022") for day in range(13, 31))
    account, rows, _ = take(HEADER + true + texts, size)
    assert str(account.error).startswith("DAY_MONTH_SWAP: in Ngày tiếp nhận (received_at) all 144")
    assert rows.is_empty()
    account, _, _ = take(HEADER + true + texts + case("late", day="05/03/2022"), size + 1)
    assert account.error is None


@pytest.mark.parametrize("size", [40_000, BLOCK_BYTES])
def test_packed_text_and_broken_text_are_the_same_in_pieces(take: Take, size: int) -> None:
    text = (HEADER + cases(0, 8_000)).encode()
    account, rows, _ = take(gzip.compress(text), size)
    assert (account.error, rows.height) == (None, 8_000)
    account, rows, _ = take(text + b"HS-\xff,01/03/2022,x,\n", size + 1)
    assert str(account.error).startswith(f"The text is UTF-8 until byte {len(text) + 3}")
    assert rows.is_empty()


def test_large_parquet_files_come_in_pieces(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "a.parquet"
    names = ("Mã hồ sơ", "Ngày tiếp nhận", "Trạng thái")
    frame = pl.select(
        pl.format("HS-{}", pl.int_range(1_000)).alias(names[0]),
        pl.lit(date(2022, 3, 1)).alias(names[1]),
        pl.lit("Đang xử lý").alias(names[2]),
    )
    frame.write_parquet(path, row_group_size=300)
    with open_table(path, HeaderMatcher(reader), 256 * 170) as table:
        found = list(table.frames())
    assert len(found) > 3
    rows = pl.concat(found)
    assert rows["_row_number"].to_list() == list(range(1, 1_001))
    assert rows["dossier_id"].to_list() == frame[names[0]].to_list()


def test_blocks_that_are_done_with_are_let_go(
    tmp_path: Path, reader: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[delimited.Block]] = []

    def watched(*arguments: Any) -> Any:
        for block in cut(*arguments):
            made.append(weakref.ref(block))
            yield block

    cut = delimited.cut
    monkeypatch.setattr(delimited, "cut", watched)
    path = tmp_path / "a.csv"
    path.write_text(HEADER + cases(0, 2_000) + ",,,\n" * 2_000, "utf-8")
    most = 0
    with open_table(path, HeaderMatcher(reader), 4_000) as table:
        for _ in table.frames():
            most = max(most, sum(block() is not None for block in made))
    assert len(made) >= 20
    # One in use, one whose last rows wait, one read in advance, and one on its way between them.
    assert most <= 4
