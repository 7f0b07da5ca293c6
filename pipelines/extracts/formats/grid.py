"""One table as it stands in a file: what every reader gives, some rows at a time.

A grid can be gone through more than once. How many rows a piece has is up to its reader: formats
that can only be read whole give one piece, and nothing that is told from a grid depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.extracts.layout.headers import HeaderMatch

Rows = list[list[str | None]]
"""Cells as text, row by row."""


@dataclass(frozen=True)
class Piece:
    """Some rows of a table, one below the other.

    Attributes:
        frame: Text columns named by position ("0", "1", ...), then `ROW_NUMBER`, and `OVERFLOW`
            where a row held more cells than the header. Only declared columns need be there.
        every_column: Reads all columns of the same rows, named by position, in the same order. To
            be called only while the grid is gone through: it may read a part of the file again.
    """

    frame: pl.DataFrame
    every_column: Callable[[], pl.DataFrame]

    def slice(self, start: int, length: int) -> Piece:
        """So many rows of it, from one on."""
        every = self.every_column
        return Piece(self.frame.slice(start, length), lambda: every().slice(start, length))

    @classmethod
    def read(cls, frame: pl.DataFrame, cells: pl.DataFrame) -> Piece:
        """A piece of which all columns were read already."""
        return cls(frame, lambda: cells)


def joined(pieces: Sequence[Piece]) -> Piece:
    """Pieces that follow one another as one."""
    if len(pieces) == 1:
        return pieces[0]
    # Only some pieces have rows with too many cells.
    frame = pl.concat([piece.frame for piece in pieces], how="diagonal")
    return Piece(frame, lambda: pl.concat([piece.every_column() for piece in pieces]))


def below(pieces: Sequence[Piece], rows: int) -> list[Piece]:
    """Pieces that follow one another without their first rows; none of those is kept alive."""
    left = []
    for piece in pieces:
        height = piece.frame.height
        if rows < height:
            left.append(piece.slice(rows, height - rows) if rows else piece)
        rows = max(0, rows - height)
    return left


def whole(frame: pl.DataFrame, every_column: pl.DataFrame) -> Callable[[], Iterator[Piece]]:
    """The pieces of a table that was read whole: one.

    Args:
        frame: As in a piece.
        every_column: All columns of the same rows, by position.
    """
    return lambda: iter([Piece.read(frame, every_column)])


@dataclass(frozen=True)
class Grid:
    """One table as it stands in a file.

    Attributes:
        match: The fit of the header row.
        head: The rows above the body as found: title block and header, one row of names for
            formats whose columns have names.
        pieces: Goes through the rows, from the first one on with each call. To be used only while
            the table is open: the file may have been unpacked for as long.
        header_row: Where the header stands; None for formats whose columns have names.
        encoding: Of text files, and of text in fonts from before Unicode.
        delimiter: Of delimited text.
        sheet: Of workbooks.
    """

    match: HeaderMatch
    head: Rows
    pieces: Callable[[], Iterator[Piece]]
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
