"""What web pages and XML workbooks have in common: their text, and tables gathered cell by cell.

Cells arrive in reading order. A cell that spans several is the first of them, the others are blank,
as in a workbook. Entities, document types and the network are never resolved.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl
from lxml import etree

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.encodings import (
    CHUNK_BYTES,
    HEAD_BYTES,
    UTF8,
    as_utf8,
    guess_encoding,
)
from pipelines.extracts.formats.grid import Grid, Rows, whole
from pipelines.extracts.formats.limits import COLUMNS, DOCUMENT_BYTES, TABLE_CELLS
from pipelines.extracts.layout.choosing import Candidate, choose
from pipelines.extracts.layout.headers import HEADER_SEARCH_ROWS, ROW_NUMBER, HeaderMatcher

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
_WESTERN = {"ascii", "iso8859-1", "cp1252"}


class Parser(Protocol):
    """What is fed with a document and tells its target what it finds."""

    def feed(self, data: bytes) -> None:
        """Take the next part."""

    def close(self) -> object:
        """Take the end."""


class CellBudget:
    """How many more cells the tables of one document may have."""

    def __init__(self) -> None:
        """Start with as many as any table may have."""
        self.left = TABLE_CELLS

    def spend(self, count: int) -> None:
        """Count cells and rows.

        Raises:
            RejectedFileError: They are too many.
        """
        self.left -= count
        if self.left < 0:
            raise RejectedFileError(
                f"The table claims more than {TABLE_CELLS:,} cells: delete the empty rows and "
                "columns around it, or export csv."
            )


@dataclass
class GatheredTable:
    """One table, row by row.

    Attributes:
        budget: What all tables of the document have in common.
        name: Of the sheet; None on a web page.
        rows: The cells as text; rows end with their last cell.
    """

    budget: CellBudget
    name: str | None = None
    rows: Rows = field(default_factory=list)
    _spanned_until: dict[int, int] = field(default_factory=dict)

    def shown_name(self, index: int) -> str:
        """What a person knows the table as."""
        return f"table {index + 1} of the page" if self.name is None else f"sheet {index + 1}"

    def start_row(self, place: int | None = None) -> None:
        """Begin the next row, or the one at `place` (counted from 0) below blank ones."""
        wanted = len(self.rows) + 1 if place is None else place + 1
        self.budget.spend(wanted - len(self.rows))
        while len(self.rows) < wanted:
            self.rows.append([])

    def add(self, text: str | None, across: int = 1, down: int = 1, at: int | None = None) -> None:
        """Put a cell behind the others of its row, or at `at`, and blank ones where it spans."""
        if not self.rows:
            self.start_row()
        row, number = self.rows[-1], len(self.rows)
        if at is None and across == 1 and down == 1 and not self._spanned_until:
            # Nearly every cell of nearly every table.
            self.budget.spend(1)
            row.append(text)
            return
        place = len(row) if at is None else at
        while at is None and self._spanned_until.get(place, 0) >= number:
            place += 1
        if place < len(row):
            raise RejectedFileError("The cells of the table are not in order: export it again.")
        end = place + max(1, across)
        if end > COLUMNS:
            raise RejectedFileError(
                f"The table claims more than {COLUMNS:,} columns: export it again."
            )
        self.budget.spend(end - len(row))
        row.extend([None] * (end - len(row)))
        row[place] = text
        if down > 1:
            self._spanned_until |= dict.fromkeys(range(place, end), number + down - 1)


def feed(parser: Parser, path: Path, folder: Path) -> None:
    """Give the text of a file to a parser whose target gathers tables.

    Raises:
        RejectedFileError: The file is too large to be held, of unknown encoding or damaged.
    """
    if path.stat().st_size > DOCUMENT_BYTES:
        raise RejectedFileError(
            f"The document takes more than {DOCUMENT_BYTES >> 20} MB: export csv instead."
        )
    try:
        for text in _texts(as_utf8(path, _encoding(path), folder)):
            parser.feed(text.encode())
        parser.close()
    except etree.LxmlError as error:
        raise RejectedFileError(
            f"The document is damaged ({str(error).splitlines()[0]}): export it again."
        ) from error
    except UnicodeDecodeError as error:
        raise RejectedFileError(
            f"The document begins as UTF-8 and is broken later ({error}): export it again."
        ) from error


def _texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        while text := file.read(CHUNK_BYTES):
            yield text


def _encoding(path: Path) -> str:
    """What the bytes say, and where they say nothing certain, what the document declares."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    declared = _declared(head)
    try:
        codecs.getincrementaldecoder(UTF8)().decode(head)
    except UnicodeDecodeError:
        is_certain = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head
        # Programs that write TCVN3 or VNI declare it as Western European.
        is_doubtful = declared == UTF8 or declared in _WESTERN
        return guess_encoding(path) if is_certain or is_doubtful else declared
    return guess_encoding(path)


def _declared(head: bytes) -> str:
    """The encoding that a document says it has, by Python's name; UTF-8 when it says none."""
    found = _DECLARED.search(head)
    try:
        name = codecs.lookup(found[1].decode("ascii")).name if found else UTF8
        # Some codecs are no encodings of text, which shows when they are used as such.
        b"  ".decode(name)
    except (LookupError, UnicodeError):
        return UTF8
    return name


def best_grid(tables: list[GatheredTable], matcher: HeaderMatcher) -> Grid | None:
    """The table whose header fits best; None when all are empty.

    Raises:
        RejectedFileError: Several fit equally well.
    """
    found = [
        Candidate(index, table.shown_name(index), *fit, rows=len(table.rows) - fit[0] - 1)
        for index, table in enumerate(tables)
        if (fit := matcher.find(table.rows[:HEADER_SEARCH_ROWS]))
    ]
    if not found:
        return None
    chosen = choose(found)
    place, match, table = chosen.place, chosen.match, tables[chosen.index]
    body = _frame(table.rows[place + 1 :], len(match.headers))
    numbers = pl.int_range(body.height, dtype=pl.Int64, eager=True) + place + 2
    numbered = body.with_columns(numbers.alias(ROW_NUMBER))
    frame = numbered.select(*map(str, match.needed), ROW_NUMBER)
    head = table.rows[: place + 1]
    return Grid(match, head, whole(frame, body), header_row=place + 1, sheet=table.name)


def _frame(rows: Rows, width: int) -> pl.DataFrame:
    width = max([width, *map(len, rows)])
    # One wide row makes all of them wide.
    CellBudget().spend(width * len(rows))
    for row in rows:
        row.extend([None] * (width - len(row)))
    return pl.DataFrame(
        [pl.Series(str(place), [row[place] for row in rows], pl.String) for place in range(width)]
    )
