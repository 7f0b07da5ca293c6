"""Reads web pages, which many systems write and name .xls: the table whose header fits best.

Of tables within tables each stands for itself, so a table that only lays out the page loses. Row
numbers are those of the table's rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.grid import Grid
from pipelines.extracts.formats.limits import MIB, PAGE_DEPTH
from pipelines.extracts.formats.markup import CellBudget, GatheredTable, best_grid, feed
from pipelines.extracts.layout.headers import HeaderMatcher

_CELLS = ("td", "th")
_SILENT = ("script", "style", "head", "template")
_BREAKS = ("br", "p", "div", "li")
_BREAK = "\0"
"""Ends a line within a cell: a character that no page can hold, while white space means nothing."""
_NUMBER = re.compile(r"\s*([0-9]{1,9})\s*")
_END_BYTES = 4 * MIB
"""A table ends in the last part of its page: footers are short."""
_MOST_ROWS_SPANNED = 65_534
"""What browsers make of any larger rowspan."""


def read_html(path: Path, matcher: HeaderMatcher, folder: Path) -> Grid:
    """Read the table of a page.

    Raises:
        RejectedFileError: There is no table, or the page ends in the middle of one.
    """
    page = _Page()
    feed(etree.HTMLParser(target=page, encoding="utf-8", no_network=True), path, folder)
    _require_end(path)
    grid = best_grid(page.tables, matcher)
    if grid is None:
        raise RejectedFileError(
            "The file is a web page without a table, whatever its name says: export the list "
            "itself, as .xlsx or csv."
        )
    return grid


def _require_end(path: Path) -> None:
    """Refuse half a page: its last row may hold half a value, which nothing else would show.

    Zeros are left out, so that the tags are found in UTF-16 too.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        text = file.read().replace(b"\0", b"").lower()
    if text.rfind(b"</table") < max(text.rfind(b"<td"), text.rfind(b"<tr")):
        raise RejectedFileError(
            "The web page ends in the middle of its table: export or copy it again."
        )


class _Page:
    """Takes the parser's events and gathers every table."""

    def __init__(self) -> None:
        self.tables: list[GatheredTable] = []
        self._open: list[_OpenTable] = []
        self._budget = CellBudget()
        self._silent = 0
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth > PAGE_DEPTH:
            raise RejectedFileError("The web page is nested too deeply to be a table.")
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._open.append(_OpenTable(self._budget))
            self.tables.append(self._open[-1].table)
        elif self._open:
            self._open[-1].start(tag, attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth -= 1
        if tag in _SILENT:
            self._silent -= 1
        elif tag == "table" and self._open:
            self._open.pop().end_cell()
        elif tag in _CELLS and self._open:
            self._open[-1].end_cell()

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._open and not self._silent:
            self._open[-1].text.append(text)

    def close(self) -> None:
        """The page is over."""


class _OpenTable:
    """A table in the making: the cell whose text is still coming."""

    def __init__(self, budget: CellBudget) -> None:
        self.table = GatheredTable(budget)
        self.text: list[str] = []
        self._spans: tuple[int, int] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element inside begins."""
        if tag == "tr":
            self.end_cell()
            self.table.start_row()
        elif tag in _CELLS:
            self.end_cell()
            self._spans = _spans(attributes) if attributes else (1, 1)
            self.text.clear()
        elif tag in _BREAKS:
            self.text.append(_BREAK)

    def end_cell(self) -> None:
        """The open cell, if there is one, is complete."""
        if self._spans is not None:
            across, down = self._spans
            self.table.add(_joined("".join(self.text)) or None, across, down)
            self._spans = None


def _joined(text: str) -> str:
    """Text as a page shows it: white space means one space, an element for it a new line."""
    if _BREAK not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)


def _spans(attributes: Mapping[str, str]) -> tuple[int, int]:
    down = min(_span(attributes.get("rowspan")), _MOST_ROWS_SPANNED)
    return _span(attributes.get("colspan")), down


def _span(value: str | None) -> int:
    found = _NUMBER.fullmatch(value or "")
    return max(1, int(found[1])) if found else 1
