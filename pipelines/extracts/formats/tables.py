"""From a file of any known format to one table of text: the one way in.

A reader turns one plain file into a `Grid`: text columns by position, the row numbers a person
sees, and the fit of the header row. A further format is one more entry in `_reader` and in
`sniffing.py`. Archives are unpacked here, so no reader knows of them, and whatever goes wrong in a
library over a damaged file becomes the rejection of that file here.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import sniffing
from pipelines.extracts.formats.archives import gunzip, unzip, verify_zip
from pipelines.extracts.formats.blocks import BLOCK_BYTES
from pipelines.extracts.formats.grid import Grid
from pipelines.extracts.formats.sniffing import sniff
from pipelines.extracts.layout.body import Body
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher, pick_columns

NOT_READ: Mapping[str, str] = {
    sniffing.MHTML: (
        "is a saved web page (MHTML), whatever its name says: open it in Excel and save it as "
        ".xlsx, or export csv"
    ),
    sniffing.ZIP: "is an archive within an archive: unpack it first",
    sniffing.GZIP: "is an archive within an archive: unpack it first",
}
"""What is recognised inside or outside archives and refused, with what to do instead."""

Reader = Callable[[Path, HeaderMatcher, Path], Grid]
"""(file, matcher, folder for temporary files) -> grid."""


@dataclass(frozen=True)
class Member:
    """One plain file: the whole, or one of those in an archive.

    Attributes:
        name: Within the archive; empty without one.
        format: What it is.
        grid: Its table as found.
    """

    name: str
    format: str
    grid: Grid


@dataclass(frozen=True)
class Part:
    """One file of an archive: the row numbers of its table stand `rows_before` lower there."""

    name: str
    rows_before: int


class Table:
    """A file's declared columns as text under their canonical names, rows without a case left out.

    Attributes:
        format: The format, with how it is packed: "csv.gz".
        grid: The table as found; of an archive, that of its first file.
        parts: The files of an archive, once they were gone through; none otherwise.
        furniture: How many rows of which kind were left out (`furniture.KINDS`), once all were
            gone through.
    """

    def __init__(self, members: Sequence[Member], packing: str, contract: Contract) -> None:
        """Put the tables of all members below one another, in their order."""
        self.format = "+".join(sorted({member.format for member in members})) + packing
        self.grid = members[0].grid
        self.parts: list[Part] = []
        self.furniture: Counter[str] = Counter()
        self._members = members
        self._contract = contract
        names = {name for member in members for name in member.grid.match.positions}
        self._columns = [column.name for column in contract.data.columns if column.name in names]

    def frames(self) -> Iterator[pl.DataFrame]:
        """Go through the rows, some at a time; every row keeps a number of its own.

        Raises:
            RejectedFileError: The file is damaged, a total contradicts the rows, or a needed header
                stands twice above different content.
        """
        self.parts.clear()
        self.furniture.clear()
        rows_before = 0
        for member in self._members:
            if member.name:
                self.parts.append(Part(member.name, rows_before))
            lowest = member.grid.header_row or 0
            with _refusals_named(member.name):
                for frame in self._frames_of(member.grid):
                    if frame.height:
                        lowest = frame[ROW_NUMBER][-1]
                    yield frame.with_columns(pl.col(ROW_NUMBER) + rows_before)
            rows_before += lowest

    def _frames_of(self, grid: Grid) -> Iterator[pl.DataFrame]:
        body = Body(grid, self._contract)
        with _damage_refused():
            for rows in body.cases():
                yield self._with_all_columns(pick_columns(rows, grid.match))
        self.furniture.update(body.furniture)

    def _with_all_columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The columns that any member has."""
        lacking = [name for name in self._columns if name not in frame.columns]
        return frame.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)


@contextmanager
def open_table(path: Path, matcher: HeaderMatcher, size: int = BLOCK_BYTES) -> Iterator[Table]:
    """Find the table of a file of any known format; what is unpacked for it goes when it closes.

    Args:
        path: The file.
        matcher: Knows the headers of the contract.
        size: About how many bytes of a long file are held at a time.

    Raises:
        RejectedFileError: The file holds nothing, no table or no known format, it lacks a required
            column, or it cannot be read within the bounds of `limits.py`.
    """
    with tempfile.TemporaryDirectory(prefix="qo-") as name:
        folder = Path(name)
        path, kind = _plainly_named(path, folder), sniff(path)
        find = _Finder(matcher, folder, size)
        if kind == sniffing.ZIP:
            members = [find(packed.path, packed.name) for packed in unzip(path, folder)]
            yield Table(members, ".zip", matcher.contract)
        elif kind == sniffing.GZIP:
            yield Table([find(gunzip(path, folder))], ".gz", matcher.contract)
        else:
            yield Table([find(path)], "", matcher.contract)


def _plainly_named(path: Path, folder: Path) -> Path:
    """A file under a name that every library takes: some know no other than UTF-8."""
    if str(path).isprintable():
        return path
    link = folder / "delivered"
    link.symlink_to(path.absolute())
    return link


def read_table(path: Path, matcher: HeaderMatcher) -> pl.DataFrame:
    """Read a table whole.

    Raises:
        RejectedFileError: As `open_table` and `Table.frames`.
    """
    with open_table(path, matcher) as table:
        return pl.concat(table.frames(), how="diagonal")


class _Finder:
    """Finds the tables of the plain files of one delivery."""

    def __init__(self, matcher: HeaderMatcher, folder: Path, size: int) -> None:
        self.matcher = matcher
        self.folder = folder
        self.size = size

    def __call__(self, path: Path, name: str = "") -> Member:
        with _refusals_named(name), _damage_refused():
            kind = sniff(path)
            if kind in NOT_READ:
                raise RejectedFileError(f"The file {NOT_READ[kind]}.")
            if kind in sniffing.ZIPPED_WORKBOOKS:
                verify_zip(path)
            grid = self._grid(path, kind)
            self.matcher.require_all(grid.match)
        return Member(name, kind, grid)

    def _grid(self, path: Path, kind: str) -> Grid:
        from pipelines.extracts.formats.fonts import FontMatcher, in_unicode

        headers = FontMatcher(self.matcher.contract)
        # Readers of the files of one archive must not write over what another's table is read from.
        scratch = Path(tempfile.mkdtemp(dir=self.folder))
        grid = _reader(kind, self.size)(path, headers, scratch)
        font = headers.font_of(grid.match)
        # Text is told by its bytes and is in one encoding; in workbooks every cell has its font.
        return in_unicode(grid, font) if font or kind in sniffing.WITH_FONTS else grid


def _reader(kind: str, size: int) -> Reader:
    """The reader of a format; what the others need is not even loaded."""
    if kind == sniffing.TEXT:
        from pipelines.extracts.formats.delimited import read_delimited

        return partial(read_delimited, size=size)
    if kind == sniffing.PARQUET:
        from pipelines.extracts.formats.columnar import read_parquet

        return partial(read_parquet, size=size)
    if kind == sniffing.JSON:
        from pipelines.extracts.formats.records import read_json

        return read_json
    if kind == sniffing.HTML:
        from pipelines.extracts.formats.html_table import read_html

        return read_html
    if kind == sniffing.SPREADSHEETML:
        from pipelines.extracts.formats.spreadsheetml import read_spreadsheetml

        return read_spreadsheetml
    from pipelines.extracts.formats.workbook import read_workbook

    return read_workbook


@contextmanager
def _refusals_named(member: str) -> Iterator[None]:
    """Say which file of an archive is refused."""
    try:
        yield
    except RejectedFileError as fault:
        if not member:
            raise
        raise RejectedFileError(f"{member} in the archive is refused. {fault}") from fault


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Libraries check most of what they read, and give up in these ways over the rest."""
    try:
        yield
    except (pl.exceptions.PanicException, pl.exceptions.PolarsError, MemoryError) as error:
        reason = (str(error).splitlines() or ["out of memory"])[0]
        raise RejectedFileError(f"The file is damaged ({reason}): export it again.") from error
