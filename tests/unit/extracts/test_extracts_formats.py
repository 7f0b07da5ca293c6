"""The same rows out of every format, encoding and quoting; and what is refused, and how."""

import codecs
import gzip
import json
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.sniffing import sniff
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher
from tests.support.filewriters import in_windows_1258
from tests.unit.extracts.whole import WholeTable, read_table

HEADERS = ["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Trạng thái", "Số điện thoại"]
BODY = [
    ["1", "0012", "01/03/2022", "Đang xử lý", "0901"],
    ["2", "1.001230", "02/03/2022", "Đã trả kết quả", "0902"],
]
MakeContract = Callable[..., Contract]


@pytest.fixture
def reader(make_contract: MakeContract) -> Contract:
    return make_contract(columns={name: {} for name in ("dossier_id", "received_at", "status")})


def read(path: Path, contract: Contract) -> WholeTable:
    return read_table(path, HeaderMatcher(contract))


def rows_of(table: WholeTable) -> list[tuple[Any, ...]]:
    return table.frame.select("dossier_id", "received_at", "status", ROW_NUMBER).rows()


def text_of(delimiter: str = ",", line_end: str = "\n") -> str:
    return line_end.join(delimiter.join(row) for row in (HEADERS, *BODY)) + line_end


EXPECTED = [
    ("0012", "01/03/2022", "Đang xử lý", 2),
    ("1.001230", "02/03/2022", "Đã trả kết quả", 3),
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimited_text(
    tmp_path: Path, reader: Contract, delimiter: str, line_end: str, encoding: str
) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(text_of(delimiter, line_end).encode(encoding))
    table = read(path, reader)
    assert rows_of(table) == EXPECTED
    assert (table.grid.delimiter, table.grid.header_row) == (delimiter, 1)
    assert table.grid.match.ignored == ("STT", "Số điện thoại")


def test_windows_1258_text(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "legacy.csv"
    path.write_bytes(in_windows_1258(text_of()))
    table = read(path, reader)
    assert table.grid.encoding == "cp1258"
    assert [unicodedata.normalize("NFC", row[2]) for row in rows_of(table)] == [
        "Đang xử lý",
        "Đã trả kết quả",
    ]


def test_legacy_letters_far_below_an_ascii_header(
    tmp_path: Path, make_contract: MakeContract
) -> None:
    contract = make_contract(
        columns={name: {} for name in ("dossier_id", "received_at", "status", "unit_name")}
    )
    head = b"dossier_id,received_at,status,unit_name\n"
    path = tmp_path / "late.csv"
    body = b"a,01/03/2022,processing,So\n" * 20_000
    path.write_bytes(head + body + b"b,01/03/2022,processing,\xd0\xe0 N\xe3\xdeng\n")
    table = read(path, contract)
    assert table.grid.encoding == "cp1258"
    assert unicodedata.normalize("NFC", table.frame["unit_name"][-1]) == "Đà Nẵng"


def test_text_that_stops_being_utf8_is_refused(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(text_of().encode() * 9_000 + b"3,\xff\xfe,,\n")
    with pytest.raises(RejectedFileError, match="UTF-8 until byte"):
        read(path, reader)


def test_quoted_values_with_delimiters_quotes_and_line_breaks(
    tmp_path: Path, reader: Contract
) -> None:
    path = tmp_path / "quoted.csv"
    path.write_text(
        "Mã hồ sơ,Ghi chú,Ngày tiếp nhận,Trạng thái\n"
        'a,"một, hai\nba",01/03/2022,Đang xử lý\n'
        "\n"
        '"b ""x"", y",,02/03/2022,"Đã trả\nkết quả"\n'
        "c,,03/03/2022,Đang xử lý\n",
        encoding="utf-8",
    )
    assert rows_of(read(path, reader)) == [
        ("a", "01/03/2022", "Đang xử lý", 2),
        ('b "x", y', "02/03/2022", "Đã trả\nkết quả", 5),
        ("c", "03/03/2022", "Đang xử lý", 7),
    ]


def test_a_title_block_above_the_header_keeps_the_line_numbers(
    tmp_path: Path, reader: Contract
) -> None:
    path = tmp_path / "title.csv"
    title = 'UBND TỈNH,,\n"DANH SÁCH\nHỒ SƠ",,\n\n'
    path.write_text(title + text_of() + ",,,,\n\n", encoding="utf-8")
    table = read(path, reader)
    assert table.grid.header_row == 5
    assert [row[3] for row in rows_of(table)] == [6, 7]


def test_a_value_beyond_the_last_header_marks_its_row(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text(text_of() + "3,c,01/03/2022,Đang xử lý,0903,thừa,nữa\n4,d,,\n", "utf-8")
    frame = read(path, reader).frame
    assert frame["_overflow"].to_list() == [None, None, "thừa", None]


def test_quotes_that_do_not_pair_are_refused(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text(text_of() + '3,"c,01/03/2022,Đang xử lý,0903\n4,d,,,\n', "utf-8")
    with pytest.raises(RejectedFileError, match="quotes that do not pair"):
        read(path, reader)


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "none.csv"
    path.write_text(",".join(HEADERS), encoding="utf-8")
    assert read(path, reader).frame.is_empty()


def write_workbook(path: Path, cells: dict[str, dict[tuple[int, int], Any]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for name, content in cells.items():
            sheet = book.add_worksheet(name)
            for (row, column), value in content.items():
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                else:
                    sheet.write(row, column, value)


def test_workbooks_keep_text_and_real_dates_and_excel_rows(
    tmp_path: Path, reader: Contract
) -> None:
    path = tmp_path / "book.xlsx"
    sheet: dict[tuple[int, int], Any] = {(1, 2): "DANH SÁCH HỒ SƠ"}
    sheet |= {(3, 1 + place): header for place, header in enumerate(HEADERS)}
    sheet |= {(4, 2): "0012", (4, 3): datetime(2022, 3, 1, 8, 5, 9), (4, 4): "Đang xử lý"}
    sheet |= {(6, 2): "1.001230", (6, 3): 44622, (6, 4): "Đã trả kết quả"}
    sheet |= {(7, 2): 12, (7, 3): "03/03/2022"}
    write_workbook(path, {"Bìa": {(0, 0): "Báo cáo"}, "Dữ liệu": sheet})
    table = read(path, reader)
    assert rows_of(table) == [
        ("0012", "2022-03-01 08:05:09", "Đang xử lý", 5),
        ("1.001230", "44622", "Đã trả kết quả", 7),
        ("12", "03/03/2022", None, 8),
    ]
    assert (table.grid.sheet, table.grid.header_row) == ("Dữ liệu", 4)


def test_the_contract_names_the_sheet(tmp_path: Path, make_contract: MakeContract) -> None:
    path = tmp_path / "book.xlsx"
    names = ("dossier_id", "received_at", "status")
    rows = {(0, place): name for place, name in enumerate(names)}
    write_workbook(path, {"một": {**rows, (1, 0): "a"}, "hai": {**rows, (1, 0): "b"}})
    columns: dict[str, Any] = {name: {} for name in names}
    second = read(path, make_contract(columns=columns, sheet="hai"))
    assert second.frame["dossier_id"].to_list() == ["b"]
    with pytest.raises(RejectedFileError, match=r"None of the 2 sheets .* 'ba'"):
        read(path, make_contract(columns=columns, sheet="ba"))


RECORDS: list[dict[str, Any]] = [
    {"Mã hồ sơ": "0012", "Ngày tiếp nhận": "01/03/2022", "Trạng thái": "Đang xử lý", "n": [{}]},
    {"Ngày tiếp nhận": "02/03/2022", "Mã hồ sơ": "1.001230", "Trạng thái": "Đã trả kết quả"},
]


@pytest.mark.parametrize(
    "document",
    [RECORDS, {"data": RECORDS, "errors": [], "total": 2}, {"result": {"items": RECORDS}}],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json(tmp_path: Path, reader: Contract, document: object, encoding: str) -> None:
    path = tmp_path / "any.json"
    path.write_bytes(json.dumps(document, ensure_ascii=False, indent=1).encode(encoding))
    assert rows_of(read(path, reader)) == [(*row[:3], row[3] - 1) for row in EXPECTED]


def test_json_numbers_keep_their_text(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "numbers.json"
    path.write_text(
        '[{"dossier_id": 1.001230, "received_at": 20220301, "status": true},'
        ' {"dossier_id": 12345678901234567890, "received_at": null, "status": {"a": 1}}]'
    )
    assert read(path, reader).frame["dossier_id"].to_list() == ["1.001230", "12345678901234567890"]


def test_ndjson_counts_lines(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "any.ndjson"
    lines = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
    path.write_text(f"{lines[0]}\n\n{lines[1]}\n", encoding="utf-8")
    assert [row[3] for row in rows_of(read(path, reader))] == [1, 3]
    path.write_text(f"{lines[0]}\n\n{{broken\n", encoding="utf-8")
    with pytest.raises(RejectedFileError, match="Line 3 is not a JSON record"):
        read(path, reader)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1}', "exactly one list"),
        ('{"a": [{"b": 1}], "c": [{"d": 1}]}', "exactly one list"),
        ("[1, 2]", "Record 1"),
        ('[{"a": 1}', "not valid JSON"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_json_that_is_no_table_is_refused(
    tmp_path: Path, reader: Contract, text: str, reason: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(RejectedFileError, match=reason):
        read(path, reader)


def test_parquet_becomes_text(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "any.parquet"
    pl.DataFrame(
        {
            "dossier_id": [12.0, 1.5, None],
            "received_at": [datetime(2022, 3, 1, 8), datetime(2022, 3, 2), None],
            "status": pl.Series(["Đang xử lý", None, "x"], dtype=pl.Categorical),
            "phones": [["0901"], [], None],
        }
    ).write_parquet(path)
    table = read(path, reader)
    assert rows_of(table) == [
        ("12", "2022-03-01 08:00:00.000000", "Đang xử lý", 1),
        ("1.5", "2022-03-02 00:00:00.000000", None, 2),
        (None, None, "x", 3),
    ]
    assert table.grid.match.ignored == ()


def test_every_format_may_be_gzipped(tmp_path: Path, reader: Contract) -> None:
    contents = {"csv": text_of().encode(), "json": json.dumps(RECORDS).encode()}
    for kind, content in contents.items():
        path = tmp_path / f"any.{kind}.gz"
        path.write_bytes(gzip.compress(content))
        table = read(path, reader)
        assert [row[0] for row in rows_of(table)] == ["0012", "1.001230"]
        assert table.format == f"{kind}.gz"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (codecs.BOM_UTF8 + b" \r\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "file cannot be read"),
        (b"<html><table></table></html>", "without a table"),
        (codecs.BOM_UTF8 + b"\r\n <?xml version='1.0'?>", "without a table"),
        (b"MIME-Version: 1.0", "MHTML"),
        (b"PAR1 but no more", "file cannot be read"),
        (b"PK\x03\x04 but no more", "damaged"),
        (gzip.compress(text_of().encode())[:-9], "gzip file is damaged"),
        (b"\x7fELF\x00\x00\x00\x00", "neither text"),
        (b"just some words\nand more\n", "Required columns are missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    tmp_path: Path, reader: Contract, content: bytes, reason: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(RejectedFileError, match=reason):
        read(path, reader)


def test_a_damaged_workbook_is_refused(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "any.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    with pytest.raises(RejectedFileError, match="file cannot be read"):
        read(path, reader)


def test_an_empty_workbook_is_refused(tmp_path: Path, reader: Contract) -> None:
    path = tmp_path / "empty.xlsx"
    write_workbook(path, {"một": {}})
    with pytest.raises(RejectedFileError, match="every sheet is empty"):
        read(path, reader)


def test_the_name_does_not_decide_the_format(tmp_path: Path) -> None:
    path = tmp_path / "page.xls"
    path.write_text("a,b\n1,2\n")
    assert sniff(path) == "csv"
