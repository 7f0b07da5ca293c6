"""Rows below a header that may be no case, told from the declared columns alone.

This is the only look that every file gets, so it is a cheap one: keys that are blank, keys that
stand alone, words in place of a key. What such a row is, `furniture.py` says from its whole width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

import polars as pl

from pipelines.contracts.matching import fold_labels
from pipelines.contracts.model import Contract
from pipelines.extracts.layout.headers import HeaderMatch
from pipelines.extracts.layout.words import COLUMN_NUMBER, PERHAPS_TOTAL, SIGNATURE

_FIRST_ROWS = 3

TAIL_ROWS = 60
"""A signature is looked for in this many rows at the end."""


class Suspects:
    """Marks the rows of one table that may be no case."""

    def __init__(self, match: HeaderMatch, contract: Contract) -> None:
        """Look at the declared columns, under the header as it fits the contract."""
        self._needed = match.needed
        self._keys = required_places(match, contract, keys=True)
        self._others = required_places(match, contract, keys=False)
        first = self._keys[:1]
        self._labels = {row[at] for row in match.levels for at in first if len(row) > at} - {""}
        self._numbers: pl.Series | None = None

    def among(self, frame: pl.DataFrame) -> pl.Series:
        """Mark suspect rows, a signature at the end left aside.

        Args:
            frame: Declared columns by position, as they stand in the file; with the first call the
                first rows of the table.
        """
        if not self._keys:
            return _all_blank(frame, self._needed)
        first = frame[str(self._keys[0])]
        if self._numbers is None:
            self._numbers = _column_numbers(frame.head(_FIRST_ROWS), self._needed, first)
        suspect = reduce(or_, (_is_blank(frame[str(place)]) for place in self._keys))
        if self._others:
            suspect |= _all_blank(frame, self._others)
        for label in self._labels:
            suspect |= _where(first.str.starts_with(label))
        if not self._numbers.is_empty():
            # On whatever page the header is repeated.
            suspect |= _where(first.is_in(self._numbers.implode()))
        return suspect | _where(first.str.contains(PERHAPS_TOTAL))

    def signature(self, frame: pl.DataFrame) -> pl.Series:
        """Near the end, mark the first row that holds words of a signature, and all below it.

        Args:
            frame: The last rows of the table, `TAIL_ROWS` of them if it has so many.
        """
        if not self._keys:
            return pl.repeat(False, frame.height, eager=True)
        tail = _folded(frame.tail(TAIL_ROWS), self._needed)
        is_word = pl.all().str.contains(SIGNATURE).fill_null(value=False)
        signs = tail.select(pl.any_horizontal(is_word)).to_series()
        above = pl.repeat(False, frame.height - tail.height, eager=True)
        return above.append(signs.cum_max())


def required_places(match: HeaderMatch, contract: Contract, *, keys: bool) -> list[int]:
    """Places of the required columns: those of the key, or the others; the leftmost first."""
    return sorted(
        match.positions[name][0]
        for name in contract.columns_required
        if name in match.positions and (name in contract.data.key) == keys
    )


def _is_blank(values: pl.Series) -> pl.Series:
    """Null, empty or nothing but white space; only what begins like white space is looked at."""
    before_all_signs = values < "!"
    in_spaces = (values >= "\u0085") & (values < "\u00a1")
    in_wide_spaces = (values >= "\u1680") & (values < "\u3001")
    places = _where(before_all_signs | in_spaces | in_wide_spaces).arg_true()
    if places.is_empty():
        return values.is_null()
    is_space = _where(values.gather(places).str.strip_chars() == "")
    return values.is_null().scatter(places.filter(is_space), True)


def _where(truth: pl.Series) -> pl.Series:
    return truth.fill_null(value=False)


def _all_blank(frame: pl.DataFrame, places: Iterable[int]) -> pl.Series:
    """Rows blank in all of these columns; the first full column ends the search."""
    blank = pl.Series([True]).new_from_index(0, frame.height)
    for place in places:
        blank &= _is_blank(frame[str(place)])
        if not blank.any():
            break
    return blank


def _column_numbers(start: pl.DataFrame, needed: Sequence[int], first: pl.Series) -> pl.Series:
    """What the first rows hold in their first column where they number the columns."""
    is_number = _folded(start, needed).select(
        pl.all_horizontal(pl.all().is_null() | pl.all().str.contains(COLUMN_NUMBER))
    )
    return first.head(start.height).filter(is_number.to_series()).drop_nulls().unique()


def _folded(frame: pl.DataFrame, places: Iterable[int]) -> pl.DataFrame:
    return frame.select(fold_labels(pl.col(str(place))).replace("", None) for place in places)
