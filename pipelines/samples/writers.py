"""Files whose bytes depend on nothing but their rows.

Every writer takes a frame of text (or, for workbooks and Parquet, of typed values) whose column
names are the headers. Compressed containers carry fixed time stamps.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

import polars as pl
import yaml

_GZIP_LEVEL = 1
"""The fastest: a large extract spends its time elsewhere."""
_WORKBOOK_CREATED = datetime(2022, 1, 1, tzinfo=UTC)


class CsvSink:
    """A CSV file that grows frame by frame; the header comes with the first."""

    def __init__(self, path: Path, handle: IO[bytes], *, separator: str, bom: bool) -> None:
        """Append to `handle`, which stands for `path`."""
        self.path = path
        self.rows = 0
        self._handle = handle
        self._separator = separator
        self._bom = bom
        self._is_empty = True

    def append(self, frame: pl.DataFrame) -> None:
        """Write the rows of `frame` behind those already there."""
        frame.write_csv(
            self._handle,
            separator=self._separator,
            include_header=self._is_empty,
            include_bom=self._bom and self._is_empty,
        )
        self.rows += frame.height
        self._is_empty = False


@contextmanager
def csv_sink(path: Path, *, separator: str = ",", bom: bool = False) -> Iterator[CsvSink]:
    """Open a CSV file for writing, gzipped if its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        handle: IO[bytes] = stack.enter_context(path.open("wb"))
        if path.suffix == ".gz":
            # No file name and no time in the gzip header: both would vary from run to run.
            packed = gzip.GzipFile("", "wb", _GZIP_LEVEL, fileobj=handle, mtime=0)
            handle = stack.enter_context(packed)  # type: ignore[arg-type]
        yield CsvSink(path, handle, separator=separator, bom=bom)


def write_csv(path: Path, frame: pl.DataFrame, *, separator: str = ",", bom: bool = False) -> None:
    """Write a whole CSV file."""
    with csv_sink(path, separator=separator, bom=bom) as sink:
        sink.append(frame)


def write_workbook(path: Path, frame: pl.DataFrame, *, sheet: str) -> None:
    """Write an Excel workbook of one sheet: header in row 1, real dates where columns are dates."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        workbook.set_properties({"created": _WORKBOOK_CREATED})
        frame.write_excel(
            workbook,
            sheet,
            dtype_formats={pl.Date: "dd/mm/yyyy", pl.Datetime: "dd/mm/yyyy hh:mm"},
            autofilter=False,
        )


def write_json(path: Path, frame: pl.DataFrame) -> None:
    """Write a JSON array of objects."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    frame.write_json(buffer)
    path.write_bytes(buffer.getvalue())


def write_ndjson(path: Path, frame: pl.DataFrame) -> None:
    """Write one JSON object per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_ndjson(path)


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write a Parquet file with the frame's own types."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path)


def write_manifest(path: Path, *, extracted_on: date, rows: int) -> None:
    """Write the sidecar that says when `path` was extracted and how many rows it should hold."""
    facts: Mapping[str, Any] = {"extracted_on": extracted_on, "rows": rows}
    sidecar = path.with_name(f"{path.name}.manifest.yml")
    sidecar.write_text(yaml.safe_dump(dict(facts), sort_keys=False), encoding="utf-8")
