"""From canonical columns to a file as an office delivers it: headers, labels, formats.

Used by every source but the dossiers, whose files are too large to be typed frames.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import polars.selectors as cs

from pipelines.contracts.datasets import DATASETS, Column
from pipelines.samples import writers
from pipelines.samples.workdays import MINUTES

DAY_FIRST = "%d/%m/%Y %H:%M"
ISO = "%Y-%m-%dT%H:%M:%S"
DAY_FIRST_DAYS = "%d/%m/%Y"
ISO_DAYS = "%Y-%m-%d"

_MICROSECONDS = 60_000_000


def instant(minutes: str | pl.Expr) -> pl.Expr:
    """Minutes since 1970 as a timestamp."""
    column = pl.col(minutes) if isinstance(minutes, str) else minutes
    return (column * _MICROSECONDS).cast(pl.Datetime("us"))


def day(minutes: str | pl.Expr) -> pl.Expr:
    """Minutes since 1970 as a date."""
    column = pl.col(minutes) if isinstance(minutes, str) else minutes
    return (column // MINUTES).cast(pl.Int32).cast(pl.Date)


def labelled(frame: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """The canonical columns in order, codes as first labels, under their Vietnamese headers."""
    return frame.select(_labelled(column) for column in DATASETS[dataset].columns)


def _labelled(column: Column) -> pl.Expr:
    expression = pl.col(column.name)
    if column.codes:
        words = {code: labels[0] for code, labels in column.codes.items()}
        expression = expression.replace(words)
    if column.type == "bool":
        expression = pl.when(column.name).then(pl.lit("Có")).when(~expression).then(pl.lit("Không"))
    return expression.alias(column.label_vi)


def as_text(frame: pl.DataFrame, dates: str) -> pl.DataFrame:
    """Dates and times printed; everything else as it is."""
    return frame.with_columns(
        cs.datetime().dt.strftime(dates),
        cs.date().dt.strftime(DAY_FIRST_DAYS if dates == DAY_FIRST else ISO_DAYS),
    )


def deliver(
    path: Path, frame: pl.DataFrame, dataset: str, *, dates: str = DAY_FIRST, separator: str = ","
) -> tuple[Path, int]:
    """Write the rows of `dataset` in the format that the name of the file says.

    Args:
        path: Where to; its suffix is one of csv, xlsx, json, ndjson and parquet.
        frame: The canonical columns of the dataset, typed.
        dataset: Which dataset.
        dates: How text files print instants; registers kept by the day print days only.
        separator: Between the cells of a CSV file.

    Returns:
        The path and the number of rows.
    """
    rows = labelled(frame, dataset)
    if path.suffix == ".xlsx":
        writers.write_workbook(path, rows, sheet="Dữ liệu")
    elif path.suffix == ".parquet":
        writers.write_parquet(path, rows)
    elif path.suffix == ".json":
        writers.write_json(path, as_text(rows, dates))
    elif path.suffix == ".ndjson":
        writers.write_ndjson(path, as_text(rows, dates))
    else:
        writers.write_csv(path, as_text(rows, dates), separator=separator, bom=separator == ";")
    return path, frame.height


def with_manifest(written: tuple[Path, int], extracted_on: date) -> tuple[Path, int]:
    """Put the sidecar beside a file whose name carries no date."""
    path, rows = written
    writers.write_manifest(path, extracted_on=extracted_on, rows=rows)
    return written
