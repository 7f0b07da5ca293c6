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


def distinct(values: pl.Series) -> pl.Series:
    """The distinct values of a column that repeats a lot, else the column itself.

    What is worked out for the result reaches the column by `spread`.
    """
    sample = values.head(_SAMPLE)
    if sample.len() < _SAMPLE or sample.n_unique() > _SAMPLE // 10:
        return values
    return values.unique()


def spread(values: pl.Series, parts: pl.Series, results: pl.Series) -> pl.Series:
    """Give every value of a column the result of its like among `parts` (from `distinct`)."""
    if parts is values:
        return results
    if results.dtype == values.dtype and results.equals(parts, null_equal=True):
        return values
    return values.replace_strict(parts, results, return_dtype=results.dtype)


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
    tidy = values.str.strip_chars().str.strip_prefix("'").str.strip_chars_start()
    return tidy.set(tidy.is_in([*ALWAYS_NULL, *null_values]), None)
