"""How a workbook looks: sheets of one table each, made for filtering and for printing on A4.

Text is written as text, whatever it begins with: no value of an extract becomes a formula or a
link, not even when somebody edits its cell. Rows go to disk as they come, so a long list takes no
more memory than a short one. The same edition gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.reports.edition import Edition, Words
from pipelines.reports.numbers import format_day
from pipelines.reports.workbooks.tables import Mark, Share, Table
from pipelines.settings import LOCAL_ZONE

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MAX_TEXT = 32_767
"""Characters that a cell may hold."""

_A4 = 9
_LINE_HEIGHT = 15
"""Of a line of text, in points. Not every program fits rows to wrapped text by itself."""
_TONES = {"good": "#E3F1E7", "bad": "#FBE3D2", "unsure": "#ECECEC"}
"""Fills behind words; they repeat what the words say, for nobody but the quick eye."""


class Book:
    """An open workbook."""

    def __init__(self, book: Workbook, title: Words, stamp: str) -> None:
        """Take over an empty workbook.

        Args:
            book: The workbook.
            title: Its title, printed at the foot of each page.
            stamp: What it shows, as of when.
        """
        self._book = book
        self._title = title
        self._stamp = stamp
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}
        self._text = self._cell(num_format="@", text_wrap=True)
        self._day = self._cell(num_format="dd/mm/yyyy")
        self._whole = self._cell(num_format="#,##0")

    def write(self, table: Table) -> None:
        """Add a sheet with one table, its heading frozen, filtered and repeated on each page."""
        sheet = self._book.add_worksheet(table.name)
        widths = [column.width for column in table.columns]
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        head = self._write_head(sheet, table)
        last = head
        for last, row in enumerate(table.rows, head + 1):
            lines = max(map(_lines, row, widths))
            if lines > 1:
                sheet.set_row(last, lines * _LINE_HEIGHT)
            self._write_row(sheet, last, row)
        if last == head:
            last += 1
            sheet.write_string(last, 0, "Không có dòng nào · none", self._format(italic=True))
        self._set_up(sheet, head, last, len(table.columns))

    def _write_head(self, sheet: Worksheet, table: Table) -> int:
        """Title, notes and headings; returns the row of the headings."""
        columns = table.columns
        above = [self._stamp, *table.notes, *table.cut_off]
        sheet.write_string(0, 0, table.title.vi, self._format(bold=True, font_size=14))
        sheet.write_string(1, 0, table.title.en, self._format(italic=True, font_color="#444444"))
        for number, line in enumerate(above, 2):
            sheet.write_string(number, 0, line, self._format())
        head = len(above) + 3
        lines = max(_lines(part.vi, part.width) + _lines(part.en, part.width) for part in columns)
        sheet.set_row(head, lines * _LINE_HEIGHT)
        heading = self._format(
            bold=True, bg_color="#DCE6F1", border=1, text_wrap=True, valign="vcenter"
        )
        for number, column in enumerate(columns):
            sheet.write_string(head, number, f"{column.vi}\n{column.en}", heading)
        return head

    def _write_row(self, sheet: Worksheet, number: int, row: Sequence[Any]) -> None:
        for column, value in enumerate(row):
            if type(value) is str:
                sheet.write_string(number, column, value[:MAX_TEXT], self._text)
            elif value is None:
                sheet.write_blank(number, column, None, self._text)
            elif type(value) is date:
                sheet.write_datetime(number, column, value, self._day)
            elif type(value) is int:
                sheet.write_number(number, column, value, self._whole)
            else:
                self._write_rarer(sheet, number, column, value)

    def _write_rarer(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:
        if isinstance(value, Share):
            digits = f"0.{'0' * value.decimals}%" if value.decimals else "0%"
            sheet.write_number(row, column, value.value, self._cell(num_format=digits))
        elif isinstance(value, Mark):
            fill = self._cell(num_format="@", text_wrap=True, bg_color=_TONES[value.tone])
            sheet.write_string(row, column, value.text, fill)
        elif isinstance(value, datetime):
            local = value.astimezone(LOCAL_ZONE).replace(tzinfo=None)
            instant = self._cell(num_format="dd/mm/yyyy hh:mm:ss")
            sheet.write_datetime(row, column, local, instant)
        elif isinstance(value, bool):
            sheet.write_string(row, column, "Có · yes" if value else "Không · no", self._text)
        else:
            raise TypeError(f"A cell cannot hold {value!r}.")

    def _set_up(self, sheet: Worksheet, head: int, last: int, columns: int) -> None:
        sheet.freeze_panes(head + 1, 1)
        sheet.autofilter(head, 0, last, columns - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.print_area(0, 0, last, columns - 1)
        sheet.set_footer(f"&L&8{_printed(self._title.vi)}&R&8&P/&N")

    def _cell(self, **properties: object) -> Format:
        return self._format(border=1, border_color="#BFBFBF", valign="top", **properties)

    def _format(self, **properties: object) -> Format:
        key = tuple(properties.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]


@contextmanager
def open_book(edition: Edition, path: Path, title: Words) -> Iterator[Book]:
    """Make a workbook; it is there when the context ends without an error."""
    from xlsxwriter import Workbook

    as_of, published_at = edition.stamp()
    stamp = (
        f"Tính đến · as of {format_day(as_of)}; "
        f"công bố · published {published_at:%d/%m/%Y %H:%M:%S}"
    )
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    properties = {
        "title": str(title),
        "subject": stamp,
        "created": published_at.astimezone(UTC).replace(tzinfo=None),
    }
    try:
        with Workbook(str(path), options) as workbook:
            workbook.set_properties(properties)
            yield Book(workbook, title, stamp)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _lines(value: object, width: float) -> int:
    """How many lines a value takes in a column, about."""
    text = value.text if isinstance(value, Mark) else value
    return -(-len(text) // int(width)) if isinstance(text, str) and text else 1


def _printed(text: str) -> str:
    """Text for a page's foot, where `&` begins a command."""
    return text.replace("&", "&&")
