"""Writes one and the same table in every format that offices send, for tests of reading.

A table is a list of rows of cells: text, an instant, a truth value, a number or nothing. What
stands above, between or below the data is part of the rows, so a trap is a function from rows to
rows. Formats no library writes are written here by hand, only as far as the tests need.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import polars as pl
import xlsxwriter
import xlwt

from pipelines.extracts.formats.legacy_encodings import TCVN3, VNI, WINDOWS_1258, table

Cell = str | datetime | bool | float | int | None
Rows = Sequence[Sequence[Cell]]

EPOCH = datetime(1899, 12, 30)
TEXT_DATE = "%d/%m/%Y"


def as_text(cell: Cell) -> str:
    """A cell as an export of text shows it."""
    if isinstance(cell, datetime):
        return cell.strftime(TEXT_DATE)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(cell)


def texts(rows: Rows) -> list[list[str]]:
    """All cells as text."""
    return [[as_text(cell) for cell in row] for row in rows]


def in_windows_1258(text: str) -> bytes:
    """The code page has tones as marks of their own, behind their letter."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = []
    for letter in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", letter)
        bare = "".join(mark for mark in marks if mark not in tones)
        tone = "".join(mark for mark in marks if mark in tones)
        parts.append(unicodedata.normalize("NFC", bare) + tone)
    return "".join(parts).encode("cp1258")


def in_font(text: str, font: str) -> str:
    """Text as a font from before Unicode holds it; TCVN3 loses the case of capitals with a tone."""
    letters: dict[str, str] = {}
    for typed, letter in table(font).items():
        if len(typed) == 1 or typed.islower() or typed.isupper():
            letters.setdefault(letter, typed)
    if font == TCVN3:
        letters = {letter.upper(): typed for letter, typed in letters.items()} | letters
    return "".join(letters.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


ENCODERS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8-sig": lambda text: text.encode("utf-8-sig"),
    "utf-8 decomposed": lambda text: unicodedata.normalize("NFD", text).encode(),
    "utf-16 little": lambda text: ("\ufeff" + text).encode("utf-16-le"),
    "utf-16 big": lambda text: ("\ufeff" + text).encode("utf-16-be"),
    "utf-16 little, no mark": lambda text: text.encode("utf-16-le"),
    "utf-16 big, no mark": lambda text: text.encode("utf-16-be"),
    WINDOWS_1258: in_windows_1258,
    TCVN3: lambda text: in_font(text, TCVN3).encode("latin-1"),
    VNI: lambda text: in_font(text, VNI).encode("latin-1"),
}


def delimited(
    rows: Rows, delimiter: str = ",", line_end: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    """Delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        texts(rows)
    )
    return out.getvalue()


def xlsx(rows: Rows, *, epoch_1904: bool = False, first_row: int = 0) -> bytes:
    """A workbook as Excel writes it: shared strings, dates as serials with a date style."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": epoch_1904}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Danh sách")
        for row, cells in enumerate(rows, start=first_row):
            for column, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(row, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif cell is not None:
                    sheet.write(row, column, cell)
    return out.getvalue()


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
}
_CONTENT_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">'
    + "".join(
        f'<Default Extension="{suffix}" ContentType="{kind}"/>' for suffix, kind in _TYPES.items()
    )
    + "</Types>"
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2022, 3, 31, 0, 0, 0)), content, method)
    return out.getvalue()


def _relations(targets: dict[str, str], kinds: dict[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="{key}" Type="{_RELATIONS}/{kinds[key]}" Target="{target}"/>'
        for key, target in targets.items()
    )
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships">{items}'
        "</Relationships>"
    )


def xlsx_of_sheet(sheet_xml: str, extra: dict[str, str | bytes] | None = None) -> bytes:
    """A workbook around the XML of one sheet."""
    return zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _relations({"rId1": "xl/workbook.xml"}, {"rId1": "officeDocument"}),
            "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="'
            f'{_RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations(
                {"rId1": "worksheets/sheet1.xml"}, {"rId1": "worksheet"}
            ),
            "xl/worksheets/sheet1.xml": sheet_xml,
            **(extra or {}),
        }
    )


def column_letters(place: int) -> str:
    """A, ..., Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def inline_xlsx(rows: Rows) -> bytes:
    """A workbook as reporting tools write it: every text inline, dates as text."""
    lines = []
    for number, cells in enumerate(texts(rows), start=1):
        inside = "".join(
            f'<c r="{column_letters(place)}{number}" t="inlineStr"><is><t xml:space="preserve">'
            f"{escape(cell)}</t></is></c>"
            for place, cell in enumerate(cells)
            if cell
        )
        lines.append(f'<row r="{number}">{inside}</row>')
    return xlsx_of_sheet(
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}"><sheetData>'
        f"{''.join(lines)}</sheetData></worksheet>"
    )


def xls(rows: Rows, *, epoch_1904: bool = False) -> bytes:
    """A workbook of Excel 97 to 2003 (BIFF8)."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = epoch_1904
    sheet = book.add_sheet("Danh sách")
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write(row, column, cell, day)
            elif cell is not None:
                sheet.write(row, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _record(kind: int, content: bytes = b"") -> bytes:
    """A record of a binary workbook: number and size in groups of seven bits."""

    def packed(number: int) -> bytes:
        out = bytearray()
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        return bytes([*out, number])

    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    return head + packed(len(content)) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def _xlsb_cell(place: int, cell: Cell) -> bytes:
    is_date = isinstance(cell, datetime)
    head = struct.pack("<II", place, int(is_date))
    if isinstance(cell, bool):
        return _record(4, head + bytes([cell]))
    if isinstance(cell, datetime):
        return _record(5, head + struct.pack("<d", (cell - EPOCH).total_seconds() / 86_400))
    if isinstance(cell, int | float):
        return _record(5, head + struct.pack("<d", cell))
    return _record(6, head + _wide(cell or ""))


def xlsb(rows: Rows) -> bytes:
    """A binary workbook: records in place of XML; its second style is a date."""
    sheet = [_record(0x81), _record(0x93), _record(0x94, struct.pack("<4I", 0, len(rows), 0, 99))]
    sheet.append(_record(0x91))
    for number, cells in enumerate(rows):
        sheet.append(_record(0, struct.pack("<I", number) + bytes(21)))
        sheet += [_xlsb_cell(place, cell) for place, cell in enumerate(cells) if cell is not None]
    sheet += [_record(0x92), _record(0x82)]
    book = [_record(0x83), _record(0x99, bytes(12)), _record(0x8F)]
    book.append(_record(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Danh sách")))
    book += [_record(0x90), _record(0x84)]
    styles = [_record(0x116), _record(0x267, struct.pack("<I", 0)), _record(0x268)]
    styles.append(_record(0x269, struct.pack("<I", 2)))
    styles += [_record(0x2F, struct.pack("<HH", 0, kind) + bytes(12)) for kind in (0, 14)]
    styles += [_record(0x26A), _record(0x117)]
    return zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _relations({"rId1": "xl/workbook.bin"}, {"rId1": "officeDocument"}),
            "xl/workbook.bin": b"".join(book),
            "xl/_rels/workbook.bin.rels": _relations(
                {"rId1": "worksheets/sheet1.bin", "rId2": "styles.bin"},
                {"rId1": "worksheet", "rId2": "styles"},
            ),
            "xl/worksheets/sheet1.bin": b"".join(sheet),
            "xl/styles.bin": b"".join(styles),
        }
    )


_ODS_SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    kind, value = "string", ""
    if isinstance(cell, datetime):
        form = "%Y-%m-%d" if cell == datetime(*cell.timetuple()[:3]) else "%Y-%m-%dT%H:%M:%S"
        kind, value = "date", f' office:date-value="{cell.strftime(form)}"'
    elif isinstance(cell, bool):
        kind, value = "boolean", f' office:boolean-value="{as_text(cell)}"'
    elif not isinstance(cell, str):
        kind, value = "float", f' office:value="{cell}"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in as_text(cell).split("\n"))
    return f'<table:table-cell office:value-type="{kind}"{value}>{lines}</table:table-cell>'


def ods_of_table(table_xml: str) -> bytes:
    """An OpenDocument workbook around the XML of one table's rows."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_ODS_SPACES}><office:body>'
        f'<office:spreadsheet><table:table table:name="Danh sách">{table_xml}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": '<?xml version="1.0"?><manifest/>',
        }
    )


def ods(rows: Rows) -> bytes:
    """An OpenDocument workbook with the blank rows that LibreOffice writes below the table."""
    lines = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>" for cells in rows
    )
    return ods_of_table(
        lines + '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )


def html_page(rows: Rows, *, entities: bool = False, charset: str | None = None) -> str:
    """A web page as systems name .xls: the table within a table that lays out the page."""

    def shown(cell: str) -> str:
        text = html.escape(cell).replace("\n", "<br>")
        if not entities:
            return text
        return "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in text)

    head, *body = [[shown(cell) for cell in row] for row in texts(rows)]
    lines = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>\n" for cell in row) + "</tr>\n" for row in body
    )
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return (
        f"<html><head>{meta if charset else ''}<style>td {{color: red}}</style></head><body>"
        "<table><tr><td><p>UBND</p></td><td>\n<table border=1>\n"
        f"<thead><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr></thead>\n"
        f"<tbody>{lines}</tbody></table></td></tr></table></body></html>"
    )


def spreadsheetml(rows: Rows) -> str:
    """An XML workbook of Excel 2003; blank cells are left out and the next one says its place."""
    lines = []
    for cells in rows:
        items, is_gap = [], False
        for place, cell in enumerate(cells, start=1):
            if cell is None or cell == "":
                is_gap = True
                continue
            index = f' ss:Index="{place}"' if is_gap else ""
            items.append(f"<Cell{index}>{_spreadsheetml_data(cell)}</Cell>")
            is_gap = False
        lines.append(f"<Row>{''.join(items)}</Row>")
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}">\n'
        f" <Worksheet ss:Name={quoteattr('Danh sách')}>\n"
        f"<Table>{chr(10).join(lines)}</Table></Worksheet></Workbook>"
    )


def _spreadsheetml_data(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f'<Data ss:Type="DateTime">{cell.isoformat(timespec="milliseconds")}</Data>'
    if isinstance(cell, bool):
        return f'<Data ss:Type="Boolean">{int(cell)}</Data>'
    kind = "String" if isinstance(cell, str) else "Number"
    return f'<Data ss:Type="{kind}">{escape(as_text(cell))}</Data>'


def records(rows: Rows) -> list[dict[str, str | None]]:
    """One object per row, named by the first row; blank cells are null."""
    head, *body = texts(rows)
    return [{name: cell or None for name, cell in zip(head, row, strict=True)} for row in body]


def json_text(rows: Rows, shape: str = "list") -> str:
    """JSON in one of the shapes that systems send: list, object, columns, split, lines."""
    found, (head, *body) = records(rows), texts(rows)
    documents = {
        "list": found,
        "object": {"TotalCount": len(found), "DanhSachHoSo": found, "errors": []},
        "columns": {name: [record[name] for record in found] for name in head},
        "split": {"columns": head, "data": body},
    }
    if shape == "lines":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in found)
    return json.dumps(documents[shape], ensure_ascii=False, indent=1)


def parquet(rows: Rows) -> bytes:
    """Parquet, with instants where a column holds nothing else."""
    head, *body = rows
    columns = [[row[place] for row in body] for place in range(len(head))]
    out = io.BytesIO()
    pl.DataFrame(
        [
            pl.Series(str(name), values)
            if all(isinstance(value, datetime | None) for value in values)
            else pl.Series(str(name), list(map(as_text, values)))
            for name, values in zip(head, columns, strict=True)
        ]
    ).write_parquet(out)
    return out.getvalue()


def gzipped(content: bytes) -> bytes:
    """The same bytes, packed, and the same every time."""
    return gzip.compress(content, mtime=0)


def tcvn3_letters() -> dict[int, str]:
    """What each character stands for in TCVN3, for `str.translate`."""
    return {ord(typed): letter for typed, letter in table(TCVN3).items()}
