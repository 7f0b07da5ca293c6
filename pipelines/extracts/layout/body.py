"""The body of a sheet without the rows that only print it.

A file in which every row has its key pays for one look at the declared columns. Otherwise the
suspect rows are looked at in full width, totals are held against the rows, and what is left out is
counted by kind. Rows come and go some at a time; those at the end wait for the next ones, because
a signature is one only where no case stands below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts.formats.grid import Grid, Piece, below, joined
from pipelines.extracts.layout.furniture import BLANK, SIGNATURE, TOTAL, classify, holds_date
from pipelines.extracts.layout.headers import OVERFLOW, ROW_NUMBER
from pipelines.extracts.layout.suspects import TAIL_ROWS, Suspects
from pipelines.extracts.layout.totals import Totals


class Body:
    """The rows of a table that may be cases.

    Attributes:
        furniture: How many rows of which kind were left out (`furniture.KINDS`), once all were
            gone through.
    """

    def __init__(self, grid: Grid, contract: Contract) -> None:
        """Look for cases in `grid`."""
        self.furniture: Counter[str] = Counter()
        self._grid = grid
        self._contract = contract
        self._suspects = Suspects(grid.match, contract)
        self._totals = Totals(grid)

    def cases(self) -> Iterator[pl.DataFrame]:
        """Go through the rows of `Piece.frame` that may be cases.

        Raises:
            RejectedFileError: A total contradicts the rows.
        """
        held: list[Piece] = []
        for piece in self._grid.pieces():
            held.append(piece)
            if sum(one.frame.height for one in held) <= TAIL_ROWS:
                continue
            rows = joined(held)
            suspect = self._suspects.among(rows.frame)
            settled = _settled(suspect)
            if settled:
                yield self._strip(rows.slice(0, settled), suspect.head(settled), is_end=False)
            held = list(self._held(below(held, settled)))
        rows = joined(held)
        suspect = self._suspects.among(rows.frame) | self._suspects.signature(rows.frame)
        yield self._strip(rows, suspect, is_end=True)
        self._totals.require_agreement()

    def _held(self, pieces: list[Piece]) -> Iterator[Piece]:
        """What waits for the next rows: the last rows, and the suspects above them.

        Blank ones are blank whatever comes, and of them there may be any number.
        """
        above = sum(piece.frame.height for piece in pieces) - TAIL_ROWS
        for piece in pieces:
            height = piece.frame.height
            if above > 0:
                yield self._without_blanks(piece.slice(0, above))
            if above < height:
                yield piece.slice(max(0, above), height)
            above -= height

    def _without_blanks(self, rows: Piece) -> Piece:
        cells = rows.every_column()
        is_blank = cells.select(_is_blank_row()).to_series() & _without_overflow(rows.frame)
        blanks = rows.frame.filter(is_blank)
        self._leave_out(blanks, pl.Series([BLANK]).new_from_index(0, blanks.height))
        return Piece.read(rows.frame.filter(~is_blank), cells.filter(~is_blank))

    def _strip(self, rows: Piece, suspect: pl.Series, *, is_end: bool) -> pl.DataFrame:
        suspect &= _without_overflow(rows.frame)
        if not suspect.any():
            return rows.frame
        kinds = self._kinds(rows, suspect, is_end=is_end)
        is_case = kinds.is_null()
        self._leave_out(rows.frame.filter(~is_case), kinds.drop_nulls())
        return rows.frame.filter(is_case)

    def _leave_out(self, rows: pl.DataFrame, kinds: pl.Series) -> None:
        self.furniture.update(dict(kinds.value_counts().iter_rows()))
        self._totals.leave_out(rows[ROW_NUMBER])

    def _kinds(self, rows: Piece, suspect: pl.Series, *, is_end: bool) -> pl.Series:
        """The kind of every row, null for cases."""
        cells = rows.every_column()
        is_blank = suspect & cells.select(_is_blank_row()).to_series()
        kinds = pl.select(pl.when(is_blank).then(pl.lit(BLANK)).alias("kind")).to_series()
        # Only what was printed has furniture: records with names have none, nor rows with a date.
        dated = holds_date(rows.frame, self._grid.match, self._contract)
        left = (suspect & ~is_blank & ~dated & (self._grid.header_row is not None)).arg_true()
        found = classify(cells[left], self._grid.match, self._contract)
        kinds = kinds.scatter(left, found["kind"])
        if is_end:
            kinds = _with_signature_block(kinds, left.filter(found["is_line"]))
        # A total with a whole key, of one month, speaks of rows that may stand anywhere.
        is_checked = ((found["kind"] == TOTAL) & found["is_caseless"]).fill_null(value=False)
        totals = left.filter(is_checked)
        self._totals.add(rows.frame[ROW_NUMBER].gather(totals), cells[totals])
        return kinds


def _without_overflow(frame: pl.DataFrame) -> pl.Series:
    """Rows with more cells than the header are never furniture."""
    if OVERFLOW in frame.columns:
        return frame[OVERFLOW].is_null()
    return pl.repeat(True, frame.height, eager=True)


def _settled(suspect: pl.Series) -> int:
    """How many rows can be judged before those below them are known.

    Neither the last ones, nor the suspects right above those: together they may be what ends the
    table.
    """
    sound = (~suspect.head(-TAIL_ROWS)).arg_true()
    return int(sound[-1]) + 1 if len(sound) else 0


def _is_blank_row() -> pl.Expr:
    return pl.all_horizontal((pl.all().str.strip_chars() == "").fill_null(value=True))


def _with_signature_block(kinds: pl.Series, lines: pl.Series) -> pl.Series:
    """A signature after which no case stands ends the table: what is below belongs to it."""
    may_be_line = kinds.is_not_null()
    if not lines.is_empty():
        may_be_line = may_be_line.scatter(lines, True)
    is_end = may_be_line.reverse().cum_min().reverse()
    starts = (is_end & (kinds == SIGNATURE).fill_null(value=False)).arg_true()
    if starts.is_empty():
        return kinds
    below = pl.int_range(kinds.len(), eager=True) >= starts[0]
    is_text = below & (kinds != BLANK).fill_null(value=True)
    return kinds.set(is_text, SIGNATURE)
