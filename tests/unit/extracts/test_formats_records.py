"""JSON in the shapes that systems send, and what only looks like one of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher
from tests.unit.extracts.whole import WholeTable, read_table

MakeContract = Callable[..., Contract]
COLUMNS = ("dossier_id", "received_at", "status")
RECORD: dict[str, Any] = {
    "MaHoSo": "1.230",
    "NgayTiepNhan": "20220301",
    "TrangThaiHoSo": "4",
    "DanhSachHoSoBoSung": [{"NgayBoSung": "20220302"}],
}


@pytest.fixture
def reader(make_contract: MakeContract) -> Contract:
    headers = {"dossier_id": "MaHoSo", "received_at": "NgayTiepNhan", "status": "TrangThaiHoSo"}
    return make_contract(columns={name: {"headers": [text]} for name, text in headers.items()})


def read(tmp_path: Path, contract: Contract, text: str) -> WholeTable:
    path = tmp_path / "ho-so.json"
    path.write_text(text, encoding="utf-8")
    return read_table(path, HeaderMatcher(contract))


def rows_of(table: WholeTable) -> list[tuple[Any, ...]]:
    return table.frame.select(*COLUMNS, ROW_NUMBER).rows()


EXPECTED = ("1.230", "20220301", "4")


@pytest.mark.parametrize(
    ("nested", "shown"), [({"ma": "4", "ten": "Nguyễn Văn A"}, "{…}"), (["Nguyễn Văn A"], "[…]")]
)
def test_what_is_nested_in_a_value_is_not_read(
    tmp_path: Path, reader: Contract, nested: Any, shown: str
) -> None:
    records = [RECORD, RECORD | {"TrangThaiHoSo": nested}]
    for text in (json.dumps(records), "\n".join(map(json.dumps, records))):
        table = read(tmp_path, reader, text)
        assert [row[:3] for row in rows_of(table)] == [EXPECTED, (*EXPECTED[:2], shown)]


@pytest.mark.parametrize(
    "document",
    [
        [RECORD],
        {"DanhSachHoSo": [RECORD]},
        {"result": {"total": 1, "items": [RECORD], "messages": []}},
        {"data": [RECORD], "columns": ["x"]},
        RECORD,
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_one_record_in_any_wrapping(
    tmp_path: Path, reader: Contract, document: object, indent: int | None, end: str
) -> None:
    table = read(tmp_path, reader, json.dumps(document, indent=indent) + end)
    assert rows_of(table) == [(*EXPECTED, 1)]


def test_columns_and_rows_apart(tmp_path: Path, reader: Contract) -> None:
    names = ["MaHoSo", "NgayTiepNhan", "TrangThaiHoSo"]
    for document in (
        {name: [value, None] for name, value in zip(names, EXPECTED, strict=True)},
        {"columns": names, "index": [0, 1], "data": [EXPECTED, [None] * 3]},
        {"data": {name: [value] for name, value in zip(names, EXPECTED, strict=True)}},
    ):
        table = read(tmp_path, reader, json.dumps(document))
        assert rows_of(table)[0] == (*EXPECTED, 1)


def test_lists_within_records_are_no_columns_to_read(tmp_path: Path, reader: Contract) -> None:
    table = read(tmp_path, reader, json.dumps([RECORD, RECORD | {"MaHoSo": "2"}]))
    assert table.frame.columns == [*COLUMNS, ROW_NUMBER]
    assert table.grid.match.ignored == ("DanhSachHoSoBoSung",)


def test_records_of_lines_may_differ_in_their_names(tmp_path: Path, reader: Contract) -> None:
    short = {"MaHoSo": "2", "NgayTiepNhan": "20220302"}
    lines = [json.dumps(record) for record in (short, RECORD, short | {"new": 1})]
    table = read(tmp_path, reader, "\n".join([*lines[:2], "", lines[2]]))
    assert rows_of(table) == [
        ("2", "20220302", None, 1),
        (*EXPECTED, 2),
        ("2", "20220302", None, 4),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"MaHoSo": 1}\n{"MaHoSo": 1}, {"MaHoSo": 2}\n', "write one per line"),
        ('{"MaHoSo": 1}\n[1]\n', "Record 2"),
        ('{"a": [1, 2], "b": [1]}', "exactly one list"),
        ('{"columns": ["a"], "data": [[1, 2]]}', "exactly one list"),
        ('"text"', "Required columns|missing"),
    ],
)
def test_what_only_looks_like_records(
    tmp_path: Path, reader: Contract, text: str, reason: str
) -> None:
    with pytest.raises(RejectedFileError, match=reason):
        read(tmp_path, reader, text)
