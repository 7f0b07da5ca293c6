"""Single faults of a dossier file: one row that nobody could read as it stands, or two.

Each says where it strikes, which columns the row must have filled in, and what it does to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.datasets import DATASETS

_DATASET = DATASETS["dossiers"]
_STATUS = _DATASET.column("status")


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        place: Where it strikes, as a fraction of all dossiers.
        needs: Canonical names of the columns that must be filled in.
        apply: Takes the rows and the flags of the one row; returns the rows with the fault.
    """

    place: float
    needs: tuple[str, ...]
    apply: Callable[[pl.DataFrame, pl.Series], pl.DataFrame]


def impossible_date(rows: pl.DataFrame, struck: pl.Series) -> pl.DataFrame:
    """A day that does not exist in a column that may be empty: the row stays, the value goes."""
    return _overwrite(rows, struck, {"returned_at": pl.lit("31/02/2022 08:00")})


def ends_before_it_begins(rows: pl.DataFrame, struck: pl.Series) -> pl.DataFrame:
    """The year of the result was typed wrong."""
    last_year = pl.col(_label("completed_at")).str.replace("2022", "2021")
    return _overwrite(rows, struck, {"completed_at": last_year})


def contradiction(rows: pl.DataFrame, struck: pl.Series) -> pl.DataFrame:
    """The same dossier once more, still being processed: neither row can be believed."""
    nothing = pl.lit(None, dtype=pl.String)
    twin = _overwrite(
        rows.filter(struck),
        pl.Series([True] * int(struck.sum()), dtype=pl.Boolean),
        {
            "status": pl.lit(_STATUS.codes["processing"][0]),
            "completed_at": nothing,
            "returned_at": nothing,
        },
    )
    return pl.concat([rows, twin])


def _overwrite(rows: pl.DataFrame, struck: pl.Series, values: dict[str, pl.Expr]) -> pl.DataFrame:
    return rows.with_columns(
        pl.when(struck).then(value).otherwise(_label(name)).alias(_label(name))
        for name, value in values.items()
    )


def _label(name: str) -> str:
    return _DATASET.column(name).label_vi
