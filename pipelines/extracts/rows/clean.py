"""Tidies text before anything is compared or cast: invisible characters, Unicode form, nulls.

Nothing here knows types. What is already tidy, which is nearly everything, costs a scan.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

ALWAYS_NULL = ("", "-")
"""What stands for an empty cell in any column; contracts add their own."""

_SAMPLE = 10_000
_ODD_SPACES = "[\u00a0\u2007\u202f\u3000]"
_INVISIBLE = "[\u00ad\u200b-\u200f\u2060\ufeff]"


class Distinct:
    """A column by its distinct values, where it repeats a lot; else the column itself.

    Attributes:
        values: What is to be worked on: in a column that repeats, each value once, nulls left out.
    """

    def __init__(self, column: pl.Series) -> None:
        """Tell by the first values whether the column repeats."""
        self.values = self._column = column
        self._codes: pl.Series | None = None
        sample = column.head(_SAMPLE)
        if sample.len() == _SAMPLE and sample.n_unique() <= _SAMPLE // 10:
            # Categories of its own are numbered from 0 on, and do not outlive it.
            coded = column.cast(pl.Categorical(pl.Categories.random()))
            self._codes = coded.to_physical()
            self.values = _categories(coded)

    def spread(self, results: pl.Series) -> pl.Series:
        """Give every value of the column the result of its like among `values`."""
        if results.dtype == self.values.dtype and results.equals(self.values):
            return self._column
        return results if self._codes is None else results.gather(self._codes)


def _categories(coded: pl.Series) -> pl.Series:
    """The categories of a column in the order of their numbers."""
    last = pl.first().to_physical().max().cast(pl.Int64).fill_null(-1)
    numbers = pl.int_range(last + 1, dtype=pl.UInt32)
    return coded.to_frame().select(numbers.cat.to(coded.dtype).cast(pl.String)).to_series()


def clean(values: pl.Series, null_values: Sequence[str] = ()) -> pl.Series:
    """Trim, compose (NFC) and drop invisible characters; null what stands for nothing.

    Args:
        values: Text as it stands in the file.
        null_values: The contract's own words for nothing, beside the empty cell and "-".
    """
    if values.str.len_bytes().sum() != values.str.len_chars().sum():
        values = (
            values.str.replace_all(_INVISIBLE, "")
            .str.replace_all(_ODD_SPACES, " ")
            .str.normalize("NFC")
        )
    # Excel's mark of a number kept as text arrives as part of the value from csv exports.
    tidy = values.str.strip_chars()
    if tidy.str.starts_with("'").any():
        tidy = tidy.str.strip_prefix("'").str.strip_chars_start()
    return tidy.set(tidy.is_in([*ALWAYS_NULL, *null_values]), None)
