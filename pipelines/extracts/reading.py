"""From a file to its accounted rows: what `ingest.py` stores and `preview.py` only shows.

Everything that decides what comes out of a file is below this module; `READER_VERSION` says when
that changed, so that files already read are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError, UnsettledFileError
from pipelines.extracts.formats.ahead import ahead
from pipelines.extracts.formats.blocks import BLOCK_BYTES
from pipelines.extracts.formats.tables import Table, open_table
from pipelines.extracts.landing import LandingFile
from pipelines.extracts.layout.headers import HeaderMatcher
from pipelines.extracts.layout.period import period_in
from pipelines.extracts.manifests import MANIFEST_SUFFIX, Period
from pipelines.extracts.rows.account import Accounted, Accounting
from pipelines.printable import in_utf8

READER_VERSION = 4


@dataclass(frozen=True)
class Extract:
    """One file, read.

    Attributes:
        table: The table as found.
        accounted: What became of its rows.
        period: The days it claims to hold, by its manifest or else its title.
        notes: Sentences about what is strange and stops nothing.
    """

    table: Table
    accounted: Accounted
    period: Period | None = None
    notes: tuple[str, ...] = ()


def extract_date(file: LandingFile, contract: Contract) -> date:
    """The date an extract was made on: from its name by the contract's pattern, else its manifest.

    Raises:
        RejectedFileError: The manifest is unusable, there is no date, or the two disagree.
    """
    if file.manifest_fault is not None:
        raise RejectedFileError(file.manifest_fault)
    named, declared = contract.date_in(file.name), file.manifest.extracted_on
    if named is not None and declared is not None and named != declared:
        raise RejectedFileError(
            f"The file name says {named}, its manifest says {declared}: correct one of them."
        )
    found = named or declared
    if found is None:
        raise RejectedFileError(
            f"The extract has no date: put it in the file name as the contract expects, or write "
            f"{in_utf8(file.path.name)}{MANIFEST_SUFFIX} beside it with the line "
            '"extracted_on: 2022-01-31".'
        )
    return found


@contextmanager
def read_extract(
    file: LandingFile,
    contract: Contract,
    extracted_on: date | None,
    keep: Callable[[pl.DataFrame], object],
    size: int = BLOCK_BYTES,
    sha256: str | None = None,
) -> Iterator[Extract]:
    """Read, cast and account for one file; lines about its rows can be gone through until the end.

    Args:
        file: The file as it lies in its folder.
        contract: The source's contract.
        extracted_on: The extract's date; None leaves out what is compared with it.
        keep: Called with the accepted rows, some at a time. Some of them may be withdrawn in the
            end.
        size: About how many bytes of a long file are held at a time.
        sha256: Hash of the bytes that are to be read; without one, size and time have to do.

    Raises:
        RejectedFileError: The file as a whole cannot be read safely.
        UnsettledFileError: The file changed or vanished meanwhile.
    """
    with ExitStack() as stack:
        with _settled(file):
            table = stack.enter_context(open_table(file.path, HeaderMatcher(contract), size))
        accounting = stack.enter_context(closing(Accounting(contract, extracted_on)))
        # Three things at a time: rows are read, those before them cast, those before them judged.
        cast = (accounting.cast(frame) for frame in _settled_frames(file, table, sha256))
        for rows in ahead(cast):
            keep(accounting.take(rows))
        accounted = accounting.finish(_settled_frames(file, table, sha256))
        _require_declared_rows(file, accounted)
        titled, declared = _period_of_title(table), file.manifest.period
        notes = tuple(_period_notes(declared, titled))
        yield Extract(table, accounted, declared or titled, notes)


def _require_declared_rows(file: LandingFile, accounted: Accounted) -> None:
    declared = file.manifest.rows
    if declared is not None and declared != accounted.rows_read:
        raise RejectedFileError(
            f"The manifest says {declared} rows, the file holds {accounted.rows_read}: "
            "export it again, or correct the manifest."
        )


def _period_of_title(table: Table) -> Period | None:
    """The period above the table; of an archive of several files each has its own, so none."""
    if len(table.parts) > 1:
        return None
    grid = table.grid
    above = grid.head[: len(grid.head) - len(grid.match.levels)]
    days = period_in(" ".join(cell for cell in row if cell) for row in above)
    return None if days is None else Period.of(*days)


def _period_notes(declared: Period | None, titled: Period | None) -> Iterator[str]:
    if declared is not None and titled is not None and declared != titled:
        yield (
            f"The manifest says the period {declared}, the title of the file says {titled}: the "
            "manifest counts. Correct the one that is wrong."
        )


def _settled_frames(file: LandingFile, table: Table, sha256: str | None) -> Iterator[pl.DataFrame]:
    """The rows of a table from a file that nobody writes to meanwhile.

    The file is hashed again as soon as it was read, while its last rows are still judged and
    written.
    """
    with _settled(file, sha256):
        yield from table.frames()


@contextmanager
def _settled(file: LandingFile, sha256: str | None = None) -> Iterator[None]:
    """Read from a file that nobody writes to meanwhile."""
    try:
        yield
    except OSError as error:
        raise UnsettledFileError(
            f"{file.source}/{file.name} cannot be read now ({error.strerror}); "
            "it is left for the next run."
        ) from error
    except RejectedFileError:
        # What was refused may only have been half a file.
        file.require_unchanged()
        raise
    file.require_unchanged(sha256)
