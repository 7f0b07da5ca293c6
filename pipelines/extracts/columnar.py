"""Reads Parquet files as text: dates and times in ISO form, whole floats without their `.0`."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import polars.selectors as cs

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import Grid
from pipelines.extracts.headers import ROW_NUMBER, HeaderMatcher


def read_parquet(path: Path, matcher: HeaderMatcher, _folder: Path) -> Grid:
    """Read the declared columns; the row number is the ordinal of the record.

    Raises:
        RejectedFileError: The file is damaged or of an unknown version.
    """
    try:
        lazy = pl.scan_parquet(path, glob=False)
        schema = lazy.collect_schema()
        flat = [name for name, dtype in schema.items() if not dtype.is_nested()]
        match = matcher.match(flat)
        named = [pl.col(flat[place]).alias(str(place)) for place in match.needed]
        frame = lazy.select(named).with_row_index(ROW_NUMBER, offset=1).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = str(error).splitlines()[0]
        raise RejectedFileError(
            f"The Parquet file cannot be read ({reason}): export it again."
        ) from error
    return Grid(_as_text(frame), match)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    rest = cs.exclude(ROW_NUMBER)
    return frame.select(
        (rest - cs.float() - cs.binary()).cast(pl.String),
        (cs.float() & rest).cast(pl.String).str.strip_suffix(".0"),
        (cs.binary() & rest).cast(pl.String, strict=False),
        pl.col(ROW_NUMBER).cast(pl.Int64),
    )
