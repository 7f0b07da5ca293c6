"""The body of a sheet without the rows that only print it.

A file in which every row has its key pays for one look at the declared columns. Otherwise the
suspect rows are looked at in full width, totals are held against the rows, and what is left out is
counted by kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts.layout.furniture import BLANK, SIGNATURE, TOTAL, classify, holds_date
from pipelines.extracts.layout.headers import OVERFLOW, ROW_NUMBER
from pipelines.extracts.layout.suspects import find_suspects
from pipelines.extracts.layout.totals import Stated, check_totals

if TYPE_CHECKING:
    from pipelines.extracts.formats.tables import Grid


@dataclass(frozen=True)
class Body:
    """The rows of a table.

    Attributes:
        frame: Of `Grid.frame`, the rows that may be cases.
        furniture: How many rows of which kind were left out (`furniture.KINDS`).
    """

    frame: pl.DataFrame
    furniture: Mapping[str, int] = field(default_factory=dict)


def strip_furniture(grid: Grid, contract: Contract) -> Body:
    """Leave out the rows that are no cases.

    Args:
        grid: The table as it stands in the file.
        contract: The source's contract.

    Raises:
        RejectedFileError: A total contradicts the rows.
    """
    suspect = find_suspects(grid.frame, grid.match, contract)
    if OVERFLOW in grid.frame.columns:
        suspect &= grid.frame[OVERFLOW].is_null()
    if not suspect.any():
        return Body(grid.frame)
    cells = grid.every_column()
    kinds, totals = _kinds(grid, cells, suspect, contract)
    check_totals(Stated(cells, kinds, totals, grid.frame[ROW_NUMBER], grid.match.headers))
    counts = kinds.drop_nulls().value_counts(sort=True)
    return Body(grid.frame.filter(kinds.is_null()), dict(counts.iter_rows()))


def _kinds(
    grid: Grid, cells: pl.DataFrame, suspect: pl.Series, contract: Contract
) -> tuple[pl.Series, pl.Series]:
    """The kind of every row, null for cases; and the places of the totals to be checked."""
    is_blank = suspect & cells.select(_is_blank_row()).to_series()
    kinds = pl.select(pl.when(is_blank).then(pl.lit(BLANK)).alias("kind")).to_series()
    # Only what was printed has furniture: records with names have none, nor rows with a date.
    dated = holds_date(grid.frame, grid.match, contract)
    left = (suspect & ~is_blank & ~dated & (grid.header_row is not None)).arg_true()
    if left.is_empty():
        return kinds, left
    found = classify(cells[left], grid.match, contract)
    kinds = kinds.scatter(left, found["kind"])
    # A total with a whole key, of one month, speaks of rows that may stand anywhere.
    is_checked = (found["kind"] == TOTAL) & found["is_caseless"]
    totals = left.filter(is_checked.fill_null(value=False))
    return _with_signature_block(kinds, left.filter(found["is_line"])), totals


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
