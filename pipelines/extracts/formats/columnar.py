"""Reads Parquet files as text: dates and times in ISO form, whole floats without their `.0`.

What a Parquet file says about itself is not believed: it is read in a process of its own, and the
rows are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.isolation import READER
from pipelines.extracts.formats.limits import PARQUET_ROWS_FREELY, PARQUET_ROWS_PER_BYTE
from pipelines.extracts.formats.tables import Grid
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher

_COPIES = count()


def read_parquet(path: Path, matcher: HeaderMatcher, folder: Path) -> Grid:
    """Read the declared columns; the row number is the ordinal of the record.

    Raises:
        RejectedFileError: The file is damaged, of an unknown version, or not what it claims to be.
    """
    about = READER.ask("describe_parquet", path=str(path))
    names, rows = about["names"], about["rows"]
    if rows > max(PARQUET_ROWS_FREELY, path.stat().st_size * PARQUET_ROWS_PER_BYTE):
        raise RejectedFileError(
            f"The Parquet file claims {rows:,} rows, more than {path.stat().st_size:,} bytes can "
            "hold: export it again."
        )

    def read(places: Sequence[int]) -> pl.DataFrame:
        return _read(path, rows, names, places, folder)

    match = matcher.match(names)
    numbers = pl.int_range(1, rows + 1, dtype=pl.Int64, eager=True).alias(ROW_NUMBER)
    frame = read(match.needed).with_columns(numbers)
    return Grid(frame, match, [list(names)], lambda: read(range(len(names))))


def _read(
    path: Path, rows: int, names: list[str], places: Sequence[int], folder: Path
) -> pl.DataFrame:
    if not places:
        return pl.DataFrame()
    copy = folder / f"parquet-{next(_COPIES)}.arrow"
    wanted = [names[place] for place in places]
    READER.ask("copy_parquet", path=str(path), names=wanted, copy=str(copy))
    # Columns come grouped by their type.
    found = pl.read_ipc(copy).select(map(str, range(len(places))))
    if found.height != rows:
        raise RejectedFileError(
            f"The Parquet file claims {rows:,} rows and holds {found.height:,}: export it again."
        )
    return found.rename({str(at): str(place) for at, place in enumerate(places)})
