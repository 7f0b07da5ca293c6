"""Reads Parquet files as text: dates and times in ISO form, whole floats without their `.0`.

What a Parquet file says about itself is not believed: it is read in a process of its own, and the
rows are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.blocks import BLOCK_BYTES
from pipelines.extracts.formats.grid import Grid, Piece
from pipelines.extracts.formats.isolation import READER
from pipelines.extracts.formats.limits import PARQUET_ROWS_FREELY, PARQUET_ROWS_PER_BYTE
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher

_BYTES_A_ROW = 256
"""Of a row of dossiers as text."""


def read_parquet(path: Path, matcher: HeaderMatcher, folder: Path, size: int = BLOCK_BYTES) -> Grid:
    """Find the columns of a file, to be read some rows at a time.

    The row number is the ordinal of the record.

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
    match = matcher.match(names)
    file = _File(path, folder, names)
    at_once = max(1, size // _BYTES_A_ROW)
    return Grid(match, [list(names)], lambda: _pieces(file, match.needed, rows, at_once))


@dataclass(frozen=True)
class _File:
    """A Parquet file: the names of its columns, and a folder for copies of parts of it."""

    path: Path
    folder: Path
    names: list[str]

    def read(self, places: Sequence[int], start: int, rows: int) -> pl.DataFrame:
        """Columns by position as text, of so many rows, or as many as there are."""
        copy = self.folder / "part.arrow"
        wanted = [self.names[place] for place in places]
        READER.ask(
            "copy_parquet",
            path=str(self.path),
            names=wanted,
            start=start,
            rows=rows,
            copy=str(copy),
        )
        # From memory: the copy is written over by the next one. Columns come grouped by type.
        found = pl.read_ipc(copy.read_bytes()).select(map(str, range(len(places))))
        return found.rename({str(at): str(place) for at, place in enumerate(places)})


def _pieces(file: _File, places: Sequence[int], rows: int, at_once: int) -> Iterator[Piece]:
    found = 0
    # Past what is claimed too, to see that nothing more is there.
    for start in range(0, rows + 1, at_once):
        frame = file.read(places, start, at_once) if places else pl.DataFrame()
        numbers = pl.int_range(start + 1, start + 1 + frame.height, dtype=pl.Int64, eager=True)
        found += frame.height
        yield Piece(
            frame.with_columns(numbers.alias(ROW_NUMBER)),
            partial(file.read, range(len(file.names)), start, at_once),
        )
    if found != rows:
        raise RejectedFileError(
            f"The Parquet file claims {rows:,} rows and holds {found:,}: export it again."
        )
