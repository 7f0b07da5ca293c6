"""What a file is, by its content, and which reader takes it.

A reader turns one file into a `Grid`: text columns by position, the row numbers a person sees, and
the fit of the header row. A further format is one more entry in `_readers` (and one less in
`NOT_READ`). Gzip is unpacked here, so no reader knows of it.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.headers import HeaderMatch, HeaderMatcher, pick_columns

SNIFF_BYTES = 4096
TEXT = "csv"
_SAVE_AS = "open it in Excel and save it as .xlsx, or export csv"
NOT_READ: Mapping[str, str] = {
    "xls": f"is an old Excel workbook (.xls), which is not read yet: {_SAVE_AS}",
    "html": f"is a web page (HTML or XML), whatever its name says: {_SAVE_AS}",
    "mhtml": f"is a saved web page (MHTML), whatever its name says: {_SAVE_AS}",
    "xlsb": f"is a binary Excel workbook (.xlsb), which is not read yet: {_SAVE_AS}",
    "ods": f"is an OpenDocument spreadsheet (.ods), which is not read yet: {_SAVE_AS}",
    "zip": "is a zip archive, which is not read yet: unpack it into the folder",
}
"""Formats that are recognised and refused, with what to do instead."""


@dataclass(frozen=True)
class Grid:
    """One table as it stands in a file.

    Attributes:
        frame: Text columns named by position ("0", "1", ...), then `ROW_NUMBER`, and `OVERFLOW`
            where a row held more cells than the header. Only declared columns need be there.
        match: The fit of the header row.
        header_row: Where the header stands; None for formats whose columns have names.
        encoding: Of text files.
        delimiter: Of delimited text.
        sheet: Of workbooks.
    """

    frame: pl.DataFrame
    match: HeaderMatch
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Table:
    """A file's declared columns as text under their canonical names, blank rows left out."""

    frame: pl.DataFrame
    format: str
    grid: Grid


Reader = Callable[[Path, HeaderMatcher, Path], Grid]
"""(file, matcher, folder for temporary files) -> grid."""


def read_table(path: Path, matcher: HeaderMatcher) -> Table:
    """Read the declared columns of any known format as text.

    Raises:
        RejectedFileError: The file holds nothing, no table or no known format, or it lacks a
            required column.
    """
    with tempfile.TemporaryDirectory(prefix="qo-") as folder:
        plain = _unpacked(path, Path(folder))
        kind = sniff(plain)
        if kind in NOT_READ:
            raise RejectedFileError(f"The file {NOT_READ[kind]}.")
        grid = _readers()[kind](plain, matcher, Path(folder))
        matcher.require_all(grid.match)
        frame = pick_columns(_without_blank_rows(grid), grid.match)
    return Table(frame, f"{kind}.gz" if plain != path else kind, grid)


def _without_blank_rows(grid: Grid) -> pl.DataFrame:
    """Leave out rows without any declared value; the first full column ends the search."""
    is_blank = pl.Series([True]).new_from_index(0, grid.frame.height)
    for place in grid.match.needed:
        values = grid.frame[str(place)]
        is_blank &= values.is_null() | (values.str.strip_chars() == "")
        if not is_blank.any():
            return grid.frame
    return grid.frame.filter(~is_blank)


def sniff(path: Path) -> str:
    """Name the format of a file from its first bytes.

    Raises:
        RejectedFileError: The file is empty.
    """
    with path.open("rb") as file:
        start = file.read(SNIFF_BYTES)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise RejectedFileError("The file is empty: export it again.")
    if start.startswith(b"PK\x03\x04"):
        return _sniff_zip(path)
    for magic, kind in ((b"\xd0\xcf\x11\xe0", "xls"), (b"PAR1", "parquet"), (b"MIME-Ver", "mhtml")):
        if start.startswith(magic):
            return kind
    return _sniff_text(start)


def _sniff_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise RejectedFileError(
            f"The workbook or archive is damaged ({error}): export or copy it again."
        ) from error
    members = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
    return next((kind for member, kind in members.items() if member in names), "zip")


def _sniff_text(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start[: len(start) // 2 * 2].decode("utf-16", errors="ignore")
    else:
        text = start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="ignore")
    beginnings = {"<": "html", "[": "json", "{": "json"}
    return beginnings.get(text.lstrip()[:1], TEXT)


def _unpacked(path: Path, folder: Path) -> Path:
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    plain = folder / "unpacked"
    try:
        with gzip.open(path, "rb") as packed, plain.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise RejectedFileError(f"The gzip file is damaged ({error}): copy it again.") from error
    return plain


def _readers() -> Mapping[str, Reader]:
    from pipelines.extracts.columnar import read_parquet
    from pipelines.extracts.delimited import read_delimited
    from pipelines.extracts.records import read_json
    from pipelines.extracts.workbook import read_workbook

    return {
        TEXT: read_delimited,
        "xlsx": read_workbook,
        "json": read_json,
        "parquet": read_parquet,
    }
