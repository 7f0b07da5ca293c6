"""Keys that occur more than once in one file: identical repeats count once, others contradict.

Conflict is judged among all rows whose key can be read, rows with other faults included: a row that
contradicts another casts doubt on both. Repeats are identical when all their cast columns are.
"""

from __future__ import annotations

import polars as pl

from pipelines.contracts.datasets import Dataset
from pipelines.extracts.layout.headers import ROW_NUMBER

CASE_ID = "case_id"
_ROWS_NAMED = 5


def readable_keys(typed: pl.DataFrame, dataset: Dataset) -> pl.Series:
    """True where every part of the key has a value, or may do without."""
    required = [name for name in dataset.key if dataset.column(name).is_required]
    return typed.select(pl.all_horizontal(pl.col(required).is_not_null())).to_series()


def case_id(dataset: Dataset) -> pl.Expr:
    """The parts of the key in key order, joined with `|`."""
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in dataset.key]
    return pl.concat_str(parts, separator="|").alias(CASE_ID)


class Repeats:
    """The keys of one file as its rows go by, with a few bytes kept of every row.

    Keys and contents are told apart by hashes of 64 bits. Keys that only seem to be torn are found
    out by `find_conflicts`, which looks at the rows themselves.
    """

    def __init__(self, dataset: Dataset) -> None:
        """No row went by yet."""
        self._key = list(dataset.key)
        self._columns = [column.name for column in dataset.columns]
        self._keys = pl.Series(dtype=pl.UInt64)
        self._others = pl.DataFrame(schema={"content": pl.UInt64, "sound": pl.Boolean})
        self._torn: list[pl.Series] = []

    @property
    def torn(self) -> pl.Series:
        """Hashes of the keys that occurred with different contents."""
        return pl.concat([pl.Series(dtype=pl.UInt64), *self._torn]).unique()

    def copies(self, typed: pl.DataFrame, readable: pl.Series, sound: pl.Series) -> pl.Series:
        """Go on by some rows; mark those that repeat a sound one above them in every column.

        Args:
            typed: The dataset's columns.
            readable: True where the key can be read.
            sound: True where the row has no fault of its own.
        """
        rows = pl.DataFrame(
            {
                "key": self.hashes(typed),
                "content": typed.select(self._columns).hash_rows(),
                "sound": sound,
                "place": pl.int_range(typed.height, dtype=pl.Int64, eager=True),
            }
        )
        rows = rows if readable.all() else rows.filter(readable)
        earlier = self._earlier(rows["key"])
        self._keys = self._keys.append(rows["key"])
        self._others = self._others.vstack(rows.select("content", "sound"))
        is_repeated = rows["key"].is_duplicated() | rows["key"].is_in(earlier["key"].implode())
        nothing = pl.repeat(False, typed.height, eager=True)
        if not is_repeated.any():
            return nothing
        again = pl.concat([earlier, rows.filter(is_repeated)], how="diagonal")
        return nothing.scatter(self._found(again), True)

    def _earlier(self, keys: pl.Series) -> pl.DataFrame:
        """Of the rows that went by, those with one of these keys."""
        places = self._keys.is_in(keys.implode()).arg_true()
        return self._others[places].with_columns(self._keys.gather(places).alias("key"))

    def _found(self, rows: pl.DataFrame) -> pl.Series:
        """The places of repeats, among all rows so far of keys that occur again."""
        versions = rows.group_by("key").agg(pl.col("content").n_unique())
        self._torn.append(versions.filter(pl.col("content") > 1)["key"])
        is_later = pl.int_range(pl.len()).over("key", "content") > 0
        return rows.filter("sound").filter(is_later)["place"].drop_nulls()

    def hashes(self, typed: pl.DataFrame) -> pl.Series:
        """The hash of every row's key."""
        return typed.select(self._key).hash_rows()


def find_conflicts(typed: pl.DataFrame, readable: pl.Series, dataset: Dataset) -> pl.DataFrame:
    """Rows whose key stands elsewhere in the file with other contents.

    Args:
        typed: The dataset's columns and `ROW_NUMBER`, of all rows of the keys in question.
        readable: True where the key can be read.
        dataset: The canonical dataset.

    Returns:
        One row per conflicting row: its number, `case_id`, `rows` (the first rows of that key, as
        text) and `differing` (the columns that differ, as text).
    """
    key = list(dataset.key)
    rows = typed.filter(readable)
    columns = [column.name for column in dataset.columns]
    versions = rows.unique(subset=columns, keep="first", maintain_order=True)
    torn = versions.filter(pl.len().over(key) > 1).select(key).unique()
    return _explained(rows.join(torn, on=key, how="semi", nulls_equal=True), dataset)


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
