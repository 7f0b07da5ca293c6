"""Casts one column of text to its canonical type, and says which values could not be read.

Every function takes text as it stands in the file and gives a `Cast`. No type is inferred: what is
not understood stays unread, and `account.py` decides what that means for its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.datasets import Column, ColumnType
from pipelines.contracts.matching import fold_labels
from pipelines.contracts.model import Contract
from pipelines.extracts.rows.clean import Distinct, clean
from pipelines.extracts.rows.dates import NAIVE, read_instants

TYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "month": pl.String(),
    "int": pl.Int64(),
    "bool": pl.Boolean(),
    "instant": NAIVE,
    "date": pl.Date(),
}
"""How each canonical type is stored in Parquet."""

_THOUSANDS = r"^([+-]?\d{1,3}(?:[. ]\d{3})+)(?:,0+)?$"
_WHOLE = r"^([+-]?\d+)(?:[.,]0{1,2})?$"
_MONTHS = (
    r"^(?<y>\d{4})\s*[-/.]\s*(?<m>0?[1-9]|1[0-2])$",
    r"^(?:tháng\s*)?(?<m>0?[1-9]|1[0-2])\s*(?:[-/.]|năm)\s*(?<y>\d{4})$",
)


@dataclass(frozen=True)
class Cast:
    """A column after casting.

    Attributes:
        values: Typed as in `TYPES`; null where there is nothing or nothing readable.
        unread: True where the file says something that could not be read or is no known label.
        sentinel: True where it says, in place of a date, that there is none.
    """

    values: pl.Series
    unread: pl.Series
    sentinel: pl.Series


def cast_column(raw: pl.Series, column: Column, contract: Contract) -> Cast:
    """Cast text to the type of `column`, by the formats, labels and nulls of the contract.

    Args:
        raw: Text as it stands in the file.
        column: The canonical column it holds.
        contract: The source's contract.
    """
    formats = contract.formats_of(column.name)
    if column.type in ("instant", "date"):
        read = read_instants(raw, formats, contract.timezone, contract.null_values)
        values = read.values if column.type == "instant" else read.values.dt.date()
        return Cast(values, read.unread, read.sentinel)
    parts = Distinct(raw)
    text = clean(parts.values, contract.null_values)
    labels = contract.labels_of(column.name)
    if column.type == "text" and not labels:
        return Cast(parts.spread(text), _nowhere(raw), _nowhere(raw))
    values = _read(text, column, labels, formats)
    unread = text.is_not_null() & values.is_null()
    is_unread = parts.spread(unread).fill_null(value=False) if unread.any() else _nowhere(raw)
    return Cast(parts.spread(values), is_unread, _nowhere(raw))


def _nowhere(raw: pl.Series) -> pl.Series:
    return pl.Series([False]).new_from_index(0, raw.len())


def _read(
    text: pl.Series, column: Column, labels: Mapping[str, str], formats: Sequence[str]
) -> pl.Series:
    if column.type == "int":
        return _read_ints(text)
    if column.type == "month":
        return _read_months(text, formats)
    codes = _read_labels(text, labels)
    return codes == "true" if column.type == "bool" else codes


def _read_labels(text: pl.Series, labels: Mapping[str, str]) -> pl.Series:
    folded = text.to_frame("text").select(fold_labels(pl.col("text"))).to_series()
    return folded.replace_strict(labels, default=None, return_dtype=pl.String)


def _read_ints(text: pl.Series) -> pl.Series:
    """Whole numbers as Vietnamese sheets write them: "1.234" is 1234, "12,0" is 12."""
    spaceless = text.str.replace_all("\\s", " ")
    grouped = spaceless.str.extract(_THOUSANDS).str.replace_all(r"[. ]", "")
    plain = spaceless.str.extract(_WHOLE)
    return grouped.zip_with(grouped.is_not_null(), plain).cast(pl.Int64, strict=False)


def _read_months(text: pl.Series, formats: Sequence[str]) -> pl.Series:
    """Months as YYYY-MM, from that, MM/YYYY, "Tháng 3/2022" or any date within."""
    # In one chunk: Polars 2.1 panics where it formats texts that lie in several, some empty.
    folded = text.rechunk().str.to_lowercase()
    tries = [_month_by_shape(folded, shape) for shape in _MONTHS]
    tries.append(read_instants(text, formats, "UTC").values.dt.strftime("%Y-%m"))
    return pl.select(pl.coalesce(tries)).to_series()


def _month_by_shape(text: pl.Series, shape: str) -> pl.Series:
    parts = text.str.extract_groups(shape).struct.unnest()
    return parts.select(pl.format("{}-{}", "y", pl.col("m").str.zfill(2))).to_series()
