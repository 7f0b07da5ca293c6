"""What ingest would make of one file, without writing anything: the facts behind `qo check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts.facts import FileFacts, file_facts
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.grid import Grid
from pipelines.extracts.formats.sniffing import sniff
from pipelines.extracts.landing import LandingFile, look_at
from pipelines.extracts.layout.headers import ROW_NUMBER
from pipelines.extracts.reading import Extract, extract_date, read_extract
from pipelines.extracts.rows.account import Lines
from pipelines.extracts.unforeseen import refusing_unforeseen
from pipelines.settings import Settings

FAULTS_SHOWN = 20


@dataclass(frozen=True)
class PreviewFault:
    """One line about one row: where it is, as a person finds it, and what is wrong."""

    row_number: int
    cell: str | None
    column_name: str | None
    header: str | None
    raw_value: str | None
    code: str
    reason: str


class FaultCount(NamedTuple):
    """How many rows have one fault in one column."""

    code: str
    column_name: str | None
    rows: int


@dataclass(frozen=True)
class Preview:
    """What would happen to a file.

    Attributes:
        source: Whose contract was used.
        file_name: The file's name.
        extracted_on: The extract's date, when there is one.
        errors: Why the whole file would be rejected; empty when it would be read.
        format: Of the content, whatever the name says; None when it is empty.
        facts: What was found in it; None when the file would be rejected unread.
        counts: How many rejected rows have which fault in which column, most first.
        faults: The first lines about rejected rows.
        issues: The first lines about accepted rows.
    """

    source: str
    file_name: str
    extracted_on: date | None
    errors: tuple[str, ...]
    format: str | None = None
    facts: FileFacts | None = None
    counts: tuple[FaultCount, ...] = ()
    faults: tuple[PreviewFault, ...] = ()
    issues: tuple[PreviewFault, ...] = ()


def preview(settings: Settings, contract: Contract, path: Path) -> Preview:
    """Read one file as ingest would, and tell what would come of it.

    Args:
        settings: Where the landing folders are.
        contract: The contract of the source that the file is meant for.
        path: Any file, in its landing folder or not yet.
    """
    path = path.absolute()
    landing = settings.landing / contract.source
    folder = landing if path.is_relative_to(landing) else path.parent
    file = look_at(contract.source, path, folder)
    errors: list[str] = []
    extracted_on = None
    try:
        extracted_on = extract_date(file, contract)
    except RejectedFileError as fault:
        errors.append(str(fault))
    if not contract.accepts(file.name):
        wanted = ", ".join(contract.files)
        errors.append(f"The contract reads files named {wanted} only; this one would be ignored.")
    try:
        with (
            refusing_unforeseen(),
            read_extract(file, contract, extracted_on, _leave) as extract,
        ):
            return _preview(file, contract, extracted_on, tuple(errors), extract)
    except RejectedFileError as fault:
        errors.append(str(fault))
        return Preview(
            contract.source, file.name, extracted_on, tuple(errors), format=_format_of(path)
        )


def _leave(_rows: pl.DataFrame) -> None:
    """Accepted rows are not shown."""


def _preview(
    file: LandingFile,
    contract: Contract,
    extracted_on: date | None,
    errors: tuple[str, ...],
    extract: Extract,
) -> Preview:
    grid, accounted = extract.table.grid, extract.accounted
    return Preview(
        source=contract.source,
        file_name=file.name,
        extracted_on=extracted_on,
        errors=errors,
        format=extract.table.format,
        facts=file_facts(extract, contract),
        counts=tuple(_counts(accounted.rejected)),
        faults=_first_lines(accounted.rejected, grid),
        issues=_first_lines(accounted.issues, grid),
    )


def _format_of(path: Path) -> str | None:
    try:
        return sniff(path)
    except RejectedFileError:
        return None


def _counts(rejected: Lines) -> Iterator[FaultCount]:
    nothing = pl.DataFrame(schema={"code": pl.String, "column_name": pl.String, "rows": pl.UInt32})
    # No row has lines in two frames.
    found = [
        lines.group_by("code", "column_name").agg(rows=pl.col(ROW_NUMBER).n_unique())
        for lines in rejected
    ]
    by_fault = pl.concat([nothing, *found]).group_by("code", "column_name").agg(pl.sum("rows"))
    ordered = by_fault.sort("rows", "code", "column_name", descending=[True, False, False])
    for code, column, rows in ordered.iter_rows():
        yield FaultCount(code, column, rows)


def _first_lines(lines: Lines, grid: Grid) -> tuple[PreviewFault, ...]:
    rows = chain.from_iterable(frame.iter_rows(named=True) for frame in lines)
    return tuple(_line(line, grid) for line in islice(rows, FAULTS_SHOWN))


def _line(line: dict[str, object], grid: Grid) -> PreviewFault:
    name = line["column_name"]
    places = grid.match.positions.get(str(name))
    row = int(str(line[ROW_NUMBER]))
    return PreviewFault(
        row_number=row,
        cell=f"{column_letters(places[0])}{row}" if places and grid.sheet else None,
        column_name=None if name is None else str(name),
        header=grid.match.headers[places[0]] if places else None,
        raw_value=None if line["raw_value"] is None else str(line["raw_value"]),
        code=str(line["code"]),
        reason=str(line["reason"]),
    )


def column_letters(place: int) -> str:
    """The name that a spreadsheet gives the column at a place counted from 0: A, ..., Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters
