"""Web pages and XML workbooks: spans, gaps, nesting, declared encodings, and half a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher
from tests.support.filewriters import in_windows_1258
from tests.unit.extracts.whole import WholeTable, read_table

MakeContract = Callable[..., Contract]
COLUMNS = ("dossier_id", "received_at", "status")
HEADER = "<tr><th>Mã hồ sơ<th>Ngày tiếp nhận<th>Trạng thái</tr>"
SPACE = "urn:schemas-microsoft-com:office:spreadsheet"


@pytest.fixture
def reader(make_contract: MakeContract) -> Contract:
    return make_contract(columns={name: {} for name in COLUMNS})


def read(tmp_path: Path, contract: Contract, content: str | bytes) -> WholeTable:
    path = tmp_path / "danh-sach.xls"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, HeaderMatcher(contract))


def rows_of(table: WholeTable) -> list[tuple[Any, ...]]:
    return table.frame.select(*COLUMNS, ROW_NUMBER).rows()


def test_a_page_with_a_mark_title_rows_and_entities(tmp_path: Path, reader: Contract) -> None:
    page = (
        "<table><tr><td colspan=3>DANH S&#193;CH H&#7890; S&#416;</td></tr>"
        "<tr><td colspan=3></td></tr>"
        f"{HEADER}<tr><td>a</td><td>01/03/2022</td><td>&#272;ang x&#7917; l&yacute;</td></tr>"
        "</table>"
    )
    table = read(tmp_path, reader, page.encode("utf-8-sig"))
    assert rows_of(table) == [("a", "01/03/2022", "Đang xử lý", 4)]
    assert (table.format, table.grid.header_row) == ("html", 3)
    assert table.grid.head[0] == ["DANH SÁCH HỒ SƠ", None, None]


def test_cells_that_span_leave_blanks_as_in_a_workbook(tmp_path: Path, reader: Contract) -> None:
    page = (
        "<table><tr><th rowspan=2>Mã hồ sơ<th colspan=2>Ngày<th rowspan=2>Trạng thái</tr>"
        "<tr><th>Ngày tiếp nhận<th>Ngày hẹn trả</tr>"
        "<tr><td>a<td rowspan=2>01/03/2022<td>x<td>Đang xử lý</tr>"
        "<tr><td>b<td>x<td>Đang xử lý</tr></table>"
    )
    table = read(tmp_path, reader, page)
    assert table.grid.head[0] == ["Mã hồ sơ", "Ngày", None, "Trạng thái"]
    assert rows_of(table) == [
        ("a", "01/03/2022", "Đang xử lý", 3),
        ("b", None, "Đang xử lý", 4),
    ]


def test_of_several_tables_the_one_whose_header_fits(tmp_path: Path, reader: Contract) -> None:
    page = (
        "<table><tr><td>Menu<table><tr><td>Trạng thái</td></tr></table></td><td>"
        f"<table>{HEADER}<tr><td>a<br>b</td><td> 01/03/2022\n </td><td>Đang&nbsp;xử\n lý</td></tr>"
        "</table></td></tr></table><script>'<table><tr><td>x</td></tr></table>'</script>"
    )
    assert rows_of(read(tmp_path, reader, page)) == [("a\nb", "01/03/2022", "Đang xử lý", 2)]


def test_the_declared_encoding_counts_where_the_bytes_say_nothing(
    tmp_path: Path, reader: Contract
) -> None:
    page = f"<table>{HEADER}<tr><td>Đ</td><td>01/03/2022</td><td>Đã</td></tr></table>"
    declared = in_windows_1258(f"<meta charset='windows-1258'>{page}")
    assert rows_of(read(tmp_path, reader, declared))[0][0] == "Đ"
    for nonsense in (b"hex", b"none such"):
        page_of_nonsense = declared.replace(b"windows-1258", nonsense)
        assert rows_of(read(tmp_path, reader, page_of_nonsense))[0][0] == "Đ"
    # What is plainly UTF-8 is UTF-8, whatever it says.
    assert rows_of(read(tmp_path, reader, f"<meta charset='iso-8859-1'>{page}"))[0][0] == "Đ"


def test_half_a_page_is_refused(tmp_path: Path, reader: Contract) -> None:
    page = f"<table>{HEADER}<tr><td>a</td><td>01/03/2022</td><td>Đang xử lý</td></tr><tr><td>b"
    with pytest.raises(RejectedFileError, match="in the middle of its table"):
        read(tmp_path, reader, page)
    with pytest.raises(RejectedFileError, match="broken later"):
        read(tmp_path, reader, page.encode() + b"</td></table>" + b" " * (1 << 19) + b"\xff")


def workbook(*sheets: str) -> str:
    inside = "".join(
        f'<Worksheet ss:Name="S{place}"><WholeTable>{rows}</WholeTable></Worksheet>'
        for place, rows in enumerate(sheets, start=1)
    )
    return f'<?xml version="1.0"?><Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}">{inside}</Workbook>'


def cell(text: str, kind: str = "String", more: str = "") -> str:
    return f'<Cell {more}><Data ss:Type="{kind}">{text}</Data></Cell>'


_ACROSS, _FIRST, _THIRD = 'ss:MergeAcross="2"', 'ss:Index="1"', 'ss:Index="3"'
XML_HEADER = f"<Row>{cell('Mã hồ sơ')}{cell('Ngày tiếp nhận')}{cell('Trạng thái')}</Row>"


def test_xml_workbooks_have_gaps_merged_cells_and_types(tmp_path: Path, reader: Contract) -> None:
    sheet = (
        f"<Row>{cell('DANH SÁCH', more=_ACROSS)}</Row>"
        f'<Row ss:Index="4" ss:Span="1">{XML_HEADER[5:]}'
        f"<Row>{cell('12', 'Number')}{cell('2022-03-01T00:00:00.000', 'DateTime')}"
        f"{cell('Đang <B>xử</B> lý')}</Row>"
        f"<Row>{cell('b')}{cell('Đang xử lý', more=_THIRD)}</Row>"
        f"<Row>{cell('1', 'Boolean')}{cell('#N/A', 'Error')}</Row>"
    )
    table = read(tmp_path, reader, workbook(f"<Row>{cell('Bìa')}</Row>", sheet))
    assert rows_of(table) == [
        ("12", "2022-03-01T00:00:00", "Đang xử lý", 6),
        ("b", None, "Đang xử lý", 7),
        ("true", None, None, 8),
    ]
    assert (table.format, table.grid.sheet, table.grid.header_row) == ("spreadsheetml", "S2", 4)


def test_the_contract_names_the_sheet(tmp_path: Path, make_contract: MakeContract) -> None:
    first, second = (
        XML_HEADER + f"<Row>{cell(name)}{cell('01/03/2022')}{cell('Đang xử lý')}</Row>"
        for name in "ab"
    )
    columns = {name: {} for name in COLUMNS}
    found = read(tmp_path, make_contract(columns=columns, sheet="S2"), workbook(first, second))
    assert found.frame["dossier_id"].to_list() == ["b"]
    with pytest.raises(RejectedFileError, match=r"None of the 2 sheets .* 'S3'"):
        read(tmp_path, make_contract(columns=columns, sheet="S3"), workbook(first, second))


def test_of_two_tables_alike_none_is_read(tmp_path: Path, reader: Contract) -> None:
    rows = XML_HEADER + f"<Row>{cell('a')}{cell('01/03/2022')}{cell('Đang xử lý')}</Row>"
    with pytest.raises(RejectedFileError, match="sheet 1 and sheet 2 have"):
        read(tmp_path, reader, workbook(rows, rows))
    page = f"<table>{HEADER}<tr><td>a<td>01/03/2022<td>Đang xử lý</tr></table>"
    with pytest.raises(RejectedFileError, match="table 1 of the page and table 2 of"):
        read(tmp_path, reader, page * 2)
    # An empty form beside the list, on whichever side, is no second list.
    for sheets in ((XML_HEADER, rows), (rows, XML_HEADER)):
        found = read(tmp_path, reader, workbook(*sheets))
        assert found.frame["dossier_id"].to_list() == ["a"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (workbook(XML_HEADER)[:-40], "damaged"),
        (workbook(""), "every sheet is empty"),
        (workbook('<Row ss:Index="9"/><Row ss:Index="2"/>'), "not in order"),
        (workbook(f"<Row>{cell('a')}{cell('b', more=_FIRST)}</Row>"), "not in order"),
        (workbook('<Row ss:Index="x"/>'), "Index is no number"),
    ],
)
def test_xml_workbooks_that_cannot_be_read(
    tmp_path: Path, reader: Contract, content: str, reason: str
) -> None:
    with pytest.raises(RejectedFileError, match=reason):
        read(tmp_path, reader, content)
