"""From a file of any known format to one table of text: the one way in.

A reader turns one plain file into a `Grid`: text columns by position, the row numbers a person
sees, and the fit of the header row. A further format is one more entry in `_readers` and in
`sniffing.py`. Archives are unpacked here, so no reader knows of them, and whatever goes wrong in a
library over a damaged file becomes the rejection of that file here.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import sniffing
from pipelines.extracts.formats.archives import gunzip, unzip, verify_zip
from pipelines.extracts.formats.sniffing import sniff
from pipelines.extracts.layout.body import strip_furniture
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatch, HeaderMatcher, pick_columns

NOT_READ: Mapping[str, str] = {
    sniffing.MHTML: (
        "is a saved web page (MHTML), whatever its name says: open it in Excel and save it as "
        ".xlsx, or export csv"
    ),
    sniffing.ZIP: "is an archive within an archive: unpack it first",
    sniffing.GZIP: "is an archive within an archive: unpack it first",
}
"""What is recognised inside or outside archives and refused, with what to do instead."""

Rows = list[list[str | None]]
"""Cells as text, row by row."""


@dataclass(frozen=True)
class Grid:
    """One table as it stands in a file.

    Attributes:
        frame: Text columns named by position ("0", "1", ...), then `ROW_NUMBER`, and `OVERFLOW`
            where a row held more cells than the header. Only declared columns need be there.
        match: The fit of the header row.
        head: The rows above the body as found: title block and header, one row of names for
            formats whose columns have names.
        every_column: Reads all columns of the same rows, named by position, in the same order. To
            be called only while `read_table` runs: it may read the unpacked file once more.
        header_row: Where the header stands; None for formats whose columns have names.
        encoding: Of text files, and of text in fonts from before Unicode.
        delimiter: Of delimited text.
        sheet: Of workbooks.
    """

    frame: pl.DataFrame
    match: HeaderMatch
    head: Rows
    every_column: Callable[[], pl.DataFrame]
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Part:
    """One file of an archive: the row numbers of its table stand `rows_before` lower there."""

    name: str
    rows_before: int


@dataclass(frozen=True)
class Table:
    """A file's declared columns as text under their canonical names, rows without a case left out.

    Attributes:
        frame: Of an archive, the rows of all its files, in the order of their names.
        format: The format, with how it is packed: "csv.gz".
        grid: The table as found; of an archive, that of its first file.
        parts: The files of an archive; none otherwise.
        furniture: How many rows of which kind were left out (`furniture.KINDS`).
    """

    frame: pl.DataFrame
    format: str
    grid: Grid
    parts: tuple[Part, ...] = ()
    furniture: Mapping[str, int] = field(default_factory=dict)


Reader = Callable[[Path, HeaderMatcher, Path], Grid]
"""(file, matcher, folder for temporary files) -> grid."""


def read_table(path: Path, matcher: HeaderMatcher) -> Table:
    """Read the declared columns of any known format as text.

    Raises:
        RejectedFileError: The file holds nothing, no table or no known format, it lacks a required
            column, or it cannot be read within the bounds of `limits.py`.
    """
    with tempfile.TemporaryDirectory(prefix="qo-") as name:
        folder = Path(name)
        kind = sniff(path)
        if kind == sniffing.ZIP:
            return _read_archive(path, matcher, folder)
        if kind != sniffing.GZIP:
            return _read_plain(path, kind, matcher, folder)
        plain = gunzip(path, folder)
        table = _read_plain(plain, sniff(plain), matcher, folder)
    return replace(table, format=f"{table.format}.gz")


def _read_archive(path: Path, matcher: HeaderMatcher, folder: Path) -> Table:
    """Put the tables of all files below one another; every row keeps a number of its own."""
    tables, parts, rows_before = [], [], 0
    for member in unzip(path, folder):
        try:
            table = _read_plain(member.path, sniff(member.path), matcher, folder)
        except RejectedFileError as fault:
            raise RejectedFileError(f"{member.name} in the archive is refused. {fault}") from fault
        tables.append(table)
        parts.append(Part(member.name, rows_before))
        member.path.unlink()
        # Rows come in order: the last one stands lowest.
        lowest = table.frame[ROW_NUMBER].tail(1).to_list()
        rows_before += lowest[0] if lowest else table.grid.header_row or 0
    frames = [
        table.frame.with_columns(pl.col(ROW_NUMBER) + part.rows_before)
        for table, part in zip(tables, parts, strict=True)
    ]
    kinds = sorted({table.format for table in tables})
    return Table(
        pl.concat(frames, how="diagonal"),
        f"{'+'.join(kinds)}.zip",
        tables[0].grid,
        tuple(parts),
        dict(sum((Counter(table.furniture) for table in tables), Counter())),
    )


def _read_plain(path: Path, kind: str, matcher: HeaderMatcher, folder: Path) -> Table:
    if kind in NOT_READ:
        raise RejectedFileError(f"The file {NOT_READ[kind]}.")
    if kind in sniffing.ZIPPED_WORKBOOKS:
        verify_zip(path)
    try:
        grid = _read_grid(path, kind, matcher, folder)
        matcher.require_all(grid.match)
        body = strip_furniture(grid, matcher.contract)
        frame = pick_columns(body.frame, grid.match)
    except (pl.exceptions.PanicException, pl.exceptions.PolarsError, MemoryError) as error:
        # Libraries check most of what they read, and give up in these ways over the rest.
        reason = (str(error).splitlines() or ["out of memory"])[0]
        raise RejectedFileError(f"The file is damaged ({reason}): export it again.") from error
    return Table(frame, kind, grid, furniture=body.furniture)


def _read_grid(path: Path, kind: str, matcher: HeaderMatcher, folder: Path) -> Grid:
    from pipelines.extracts.formats.fonts import FontMatcher, in_unicode

    headers = FontMatcher(matcher.contract)
    # Readers of the files of one archive must not write over what another one's table is read from.
    scratch = Path(tempfile.mkdtemp(dir=folder))
    grid = _readers()[kind](path, headers, scratch)
    font = headers.font_of(grid.match)
    # Text is told by its bytes and is in one encoding; in workbooks every cell has its own font.
    return in_unicode(grid, font) if font or kind in sniffing.WITH_FONTS else grid


def _readers() -> Mapping[str, Reader]:
    from pipelines.extracts.formats.columnar import read_parquet
    from pipelines.extracts.formats.delimited import read_delimited
    from pipelines.extracts.formats.html_table import read_html
    from pipelines.extracts.formats.records import read_json
    from pipelines.extracts.formats.spreadsheetml import read_spreadsheetml
    from pipelines.extracts.formats.workbook import read_workbook

    return {
        sniffing.TEXT: read_delimited,
        sniffing.XLSX: read_workbook,
        sniffing.XLSB: read_workbook,
        sniffing.XLS: read_workbook,
        sniffing.ODS: read_workbook,
        sniffing.HTML: read_html,
        sniffing.SPREADSHEETML: read_spreadsheetml,
        sniffing.JSON: read_json,
        sniffing.PARQUET: read_parquet,
    }
