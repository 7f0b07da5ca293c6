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
_TAIL_ROWS = 60


def find_suspects(frame: pl.DataFrame, match: HeaderMatch, contract: Contract) -> pl.Series:
    """Mark the rows that may be no case.

    Args:
        frame: Declared columns by position, as they stand in the file.
        match: The fit of the header.
        contract: The source's contract.
    """
    keys = required_places(match, contract, keys=True)
    if not keys:
        return _all_blank(frame, match.needed)
    first = frame[str(keys[0])]
    suspect = reduce(or_, (_is_blank(frame[str(place)]) for place in keys))
    if others := required_places(match, contract, keys=False):
        suspect |= _all_blank(frame, others)
    for label in {row[keys[0]] for row in match.levels if len(row) > keys[0]} - {""}:
        suspect |= _where(first.str.starts_with(label))
    suspect |= _where(first.str.contains(PERHAPS_TOTAL))
    return suspect | _column_numbers(frame, match.needed, first) | _signature(frame, match.needed)


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


def _column_numbers(frame: pl.DataFrame, needed: Sequence[int], first: pl.Series) -> pl.Series:
    """Rows numbered like one of the first rows, on whatever page the header is repeated."""
    start = frame.head(_FIRST_ROWS)
    is_number = _folded(start, needed).select(
        pl.all_horizontal(pl.all().is_null() | pl.all().str.contains(COLUMN_NUMBER))
    )
    found = first.head(_FIRST_ROWS).filter(is_number.to_series()).drop_nulls().unique()
    if found.is_empty():
        return pl.Series([False]).new_from_index(0, frame.height)
    return _where(first.is_in(found.implode()))


def _signature(frame: pl.DataFrame, needed: Sequence[int]) -> pl.Series:
    """Near the end, the first row that holds words of a signature, and all below it."""
    tail = _folded(frame.tail(_TAIL_ROWS), needed)
    signs = tail.select(pl.any_horizontal(pl.all().str.contains(SIGNATURE).fill_null(value=False)))
    above = pl.Series([False]).new_from_index(0, frame.height - tail.height)
    return above.append(signs.to_series().cum_max())


def _folded(frame: pl.DataFrame, places: Iterable[int]) -> pl.DataFrame:
    return frame.select(fold_labels(pl.col(str(place))).replace("", None) for place in places)
