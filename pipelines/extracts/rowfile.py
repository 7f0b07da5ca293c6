"""A Parquet file in the making: rows come some at a time and are written as they come.

Polars appends to no file, but it writes what a generator gives it. That runs in a thread of its
own, so rows are packed while the next ones are read. DuckDB reads groups of rows in parallel, which
is why they are no larger than it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue

import polars as pl
from polars.io.plugins import register_io_source

from pipelines.extracts.layout.headers import ROW_NUMBER

GROUP_ROWS = 1 << 17
_SECONDS = 0.1


class RowFile:
    """The rows of one extract on their way into a file.

    Attributes:
        path: The file.
        height: How many rows it holds.
    """

    def __init__(self, path: Path, lineage: Mapping[str, pl.Expr]) -> None:
        """Write nothing before the first rows come.

        Args:
            path: The file.
            lineage: Columns that every row gets.
        """
        self.path = path
        self.height = 0
        self._lineage = lineage
        self._rows: Queue[pl.DataFrame | None] = Queue(maxsize=1)
        self._pool = ThreadPoolExecutor(1)
        self._written: Future[None] | None = None

    def write(self, rows: pl.DataFrame) -> None:
        """Add rows, of the same columns each time."""
        lineage = (value.alias(name) for name, value in self._lineage.items())
        frame = rows.select(pl.exclude(ROW_NUMBER), *lineage, ROW_NUMBER)
        if self._written is None:
            self._written = self._pool.submit(self._sink, frame.schema)
        self._hand_over(frame, self._written)
        self.height += frame.height

    def finish(self, without: pl.Series) -> None:
        """Complete the file.

        Args:
            without: Numbers of rows that are not to be kept, though they were written.
        """
        assert self._written is not None, "every table gives rows, if only none"
        self._hand_over(None, self._written)
        self._written.result()
        if len(without):
            self._drop(without)

    def discard(self) -> None:
        """End the writing and remove the file, where it still is."""
        if self._written is not None and not self._written.done():
            self._hand_over(None, self._written)
            wait([self._written])
        self._pool.shutdown()
        self.path.unlink(missing_ok=True)
        self._kept.unlink(missing_ok=True)

    @property
    def _kept(self) -> Path:
        return self.path.with_name(f"{self.path.name}.kept")

    def _hand_over(self, rows: pl.DataFrame | None, written: Future[None]) -> None:
        while not written.done():
            with suppress(Full):
                self._rows.put(rows, timeout=_SECONDS)
                return
        # It ended too early, so this raises what went wrong.
        written.result()

    def _sink(self, schema: pl.Schema) -> None:
        _write(register_io_source(lambda *_: self._handed_over(), schema=schema), self.path)

    def _handed_over(self) -> Iterator[pl.DataFrame]:
        while (rows := self._rows.get()) is not None:
            yield rows

    def _drop(self, without: pl.Series) -> None:
        rows = pl.scan_parquet(self.path, glob=False)
        _write(rows.filter(~pl.col(ROW_NUMBER).is_in(without.implode())), self._kept)
        self._kept.replace(self.path)
        self.height = pl.scan_parquet(self.path, glob=False).select(pl.len()).collect().item()


def _write(rows: pl.LazyFrame, path: Path) -> None:
    # Level 1 takes two thirds of the default's time for a twentieth more bytes. Rows are always
    # loaded all together, so nobody would look at statistics.
    rows.sink_parquet(
        path,
        compression="zstd",
        compression_level=1,
        statistics=False,
        row_group_size=GROUP_ROWS,
    )
