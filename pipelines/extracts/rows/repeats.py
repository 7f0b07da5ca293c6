"""Keys that occur more than once in one file: identical repeats count once, others contradict.

Conflict is judged among all rows whose key can be read, rows with other faults included: a row that
contradicts another casts doubt on both. Repeats are identical when all their cast columns are.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.contracts.datasets import Dataset
from pipelines.extracts.layout.headers import ROW_NUMBER

CASE_ID = "case_id"
_ROWS_NAMED = 5


@dataclass(frozen=True)
class Repeats:
    """What repeats in a file.

    Attributes:
        conflicts: One row per conflicting row: its number, `case_id`, `rows` (the first rows of
            that key, as text) and `differing` (the columns that differ, as text).
        identical: Key columns and `ROW_NUMBER` of every row of an identical repeat, in file order.
    """

    conflicts: pl.DataFrame
    identical: pl.DataFrame


def readable_keys(typed: pl.DataFrame, dataset: Dataset) -> pl.Series:
    """True where every part of the key has a value, or may do without."""
    required = [name for name in dataset.key if dataset.column(name).is_required]
    return typed.select(pl.all_horizontal(pl.col(required).is_not_null())).to_series()


def case_id(dataset: Dataset) -> pl.Expr:
    """The parts of the key in key order, joined with `|`."""
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in dataset.key]
    return pl.concat_str(parts, separator="|").alias(CASE_ID)


def find_repeats(typed: pl.DataFrame, readable: pl.Series, dataset: Dataset) -> Repeats:
    """Split repeated keys into conflicting and identical ones.

    Args:
        typed: The dataset's columns and `ROW_NUMBER`.
        readable: True where the key can be read.
        dataset: The canonical dataset.
    """
    key = list(dataset.key)
    repeated = _with_repeated_key(typed, readable, key)
    columns = [column.name for column in dataset.columns]
    versions = repeated.unique(subset=columns, keep="first", maintain_order=True)
    torn = versions.filter(pl.len().over(key) > 1).select(key).unique()
    conflicting = repeated.join(torn, on=key, how="semi", nulls_equal=True)
    identical = repeated.join(torn, on=key, how="anti", nulls_equal=True)
    return Repeats(_explained(conflicting, dataset), identical.select(*key, ROW_NUMBER))


def _with_repeated_key(typed: pl.DataFrame, readable: pl.Series, key: list[str]) -> pl.DataFrame:
    """Rows whose key is not unique; the hash only spares the usual file the exact look."""
    hashes = typed.select(key).hash_rows()
    if hashes.n_unique() == hashes.len():
        return typed.clear()
    suspects = typed.filter(readable & hashes.is_duplicated())
    return suspects.filter(pl.len().over(key) > 1)


def _explained(conflicting: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    key = list(dataset.key)
    others = [column.name for column in dataset.columns if column.name not in key]
    per_key = conflicting.group_by(key).agg(
        pl.col(ROW_NUMBER).sort().head(_ROWS_NAMED).cast(pl.String).str.join(", ").alias("rows"),
        *(pl.col(name).n_unique() > 1 for name in others),
    )
    differing = pl.concat_list(pl.when(name).then(pl.lit(name)) for name in others)
    reasons = per_key.select(
        *key, "rows", differing.list.drop_nulls().list.join(", ").alias("differing")
    )
    return (
        conflicting.select(*key, ROW_NUMBER)
        .join(reasons, on=key, nulls_equal=True, maintain_order="left")
        .select(ROW_NUMBER, case_id(dataset), "rows", "differing")
    )
