"""Reads XML workbooks (SpreadsheetML 2003), which reporting tools write and name .xls.

Dates are typed and in ISO form there. Row numbers are those that Excel shows, gaps included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.grid import Grid
from pipelines.extracts.formats.markup import CellBudget, GatheredTable, best_grid, feed
from pipelines.extracts.layout.headers import HeaderMatcher

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_IN_SPACE = f"{{{NAMESPACE}}}"
_WORKSHEET, _ROW, _CELL, _DATA, _NAME, _TYPE = (
    _IN_SPACE + name for name in ("Worksheet", "Row", "Cell", "Data", "Name", "Type")
)
_NUMBER = re.compile(r"[0-9]{1,9}")
_BOOLEANS = {"1": "true", "0": "false"}


def read_spreadsheetml(path: Path, matcher: HeaderMatcher, folder: Path) -> Grid:
    """Read the sheet that the contract names, else the one whose header fits best.

    Raises:
        RejectedFileError: The workbook is damaged, or has no such sheet, or nothing in it.
    """
    book = _Workbook()
    parser = etree.XMLParser(
        target=book, encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False
    )
    feed(parser, path, folder)
    wanted = matcher.contract.sheet
    sheets = [sheet for sheet in book.sheets if wanted in (None, sheet.name)]
    if wanted is not None and not sheets:
        raise RejectedFileError(
            f"None of the {len(book.sheets)} sheets of the workbook is called {wanted!r}, as the "
            "contract names it: rename the sheet, or correct the contract."
        )
    grid = best_grid(sheets, matcher)
    if grid is None:
        raise RejectedFileError("The workbook holds no table: every sheet is empty.")
    return grid


class _Workbook:
    """Takes the parser's events and gathers every sheet."""

    def __init__(self) -> None:
        self.sheets: list[GatheredTable] = []
        self._budget = CellBudget()
        self._next_row = 0
        self._cell: Mapping[str, str] | None = None
        self._type: str | None = None
        self._value: str | None = None
        self._text: list[str] = []

    def doctype(self, *_: object) -> None:
        """A document type could define entities; no spreadsheet program writes one."""
        raise RejectedFileError(
            "The XML workbook defines its own entities, which is not accepted: export it again."
        )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == _DATA and self._cell is not None:
            self._type = attributes.get(_TYPE) or "String"
            self._text.clear()
        elif tag == _CELL and self.sheets:
            self._cell, self._value = (dict(attributes) if attributes else {}), None
        elif tag == _ROW and self.sheets:
            self._start_row(attributes)
        elif tag == _WORKSHEET:
            self.sheets.append(GatheredTable(self._budget, attributes.get(_NAME) or ""))
            self._next_row = 0

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        place = _number(attributes, "Index", self._next_row + 1) - 1
        if place < self._next_row:
            raise RejectedFileError("The rows of the XML workbook are not in order.")
        self.sheets[-1].start_row(place)
        self._next_row = place + 1 + _number(attributes, "Span", 0)

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._type is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == _DATA and self._type is not None:
            self._value = _value("".join(self._text), self._type)
            self._type = None
        elif tag == _CELL and self._cell is not None:
            self._add(self._cell)
            self._cell = None

    def _add(self, attributes: Mapping[str, str]) -> None:
        if not attributes:
            self.sheets[-1].add(self._value)
            return
        at = _number(attributes, "Index", 0)
        across = 1 + _number(attributes, "MergeAcross", 0)
        down = 1 + _number(attributes, "MergeDown", 0)
        self.sheets[-1].add(self._value, across, down, at - 1 if at else None)

    def close(self) -> None:
        """The workbook is over."""


def _value(text: str, kind: str | None) -> str | None:
    if kind == "Error" or not text:
        return None
    if kind == "Boolean":
        return _BOOLEANS.get(text, text)
    return text.removesuffix(".000") if kind == "DateTime" else text


def _number(attributes: Mapping[str, str], name: str, default: int) -> int:
    text = attributes.get(_IN_SPACE + name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        raise RejectedFileError(f"The XML workbook is damaged: {name} is no number.")
    return int(text)
