"""Reads workbooks (xlsx, xlsb, xls, ods) as text: every cell as Excel holds it, dates in ISO form.

The sheet is the one the contract names, else the one whose header fits best. Row numbers are those
that Excel shows. The cells come from a process of their own, because a far cell is all it takes to
make a workbook huge.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.grid import Grid, whole
from pipelines.extracts.formats.isolation import READER
from pipelines.extracts.formats.sniffing import sniff
from pipelines.extracts.layout.choosing import Candidate, choose
from pipelines.extracts.layout.headers import (
    HEADER_SEARCH_ROWS,
    ROW_NUMBER,
    HeaderMatch,
    HeaderMatcher,
)


def read_workbook(path: Path, matcher: HeaderMatcher, folder: Path) -> Grid:
    """Read the sheet that holds the table.

    Raises:
        RejectedFileError: The workbook is damaged, or too large to be laid out, or has no such
            sheet, or several, or nothing in it.
    """
    sheets = _read_sheets(path, matcher.contract.sheet, folder)
    found = [
        Candidate(index, f"sheet {index + 1}", *fit, rows=sheet.height - fit[0] - 1)
        for index, sheet in enumerate(sheets.values())
        if (fit := matcher.find(sheet.head(HEADER_SEARCH_ROWS).rows()))
    ]
    if not found:
        raise RejectedFileError("The workbook holds no table: every sheet is empty.")
    chosen = choose(found)
    name = list(sheets)[chosen.index]
    return _grid(name, sheets[name], chosen.place, chosen.match)


def _read_sheets(path: Path, wanted: str | None, folder: Path) -> dict[str, pl.DataFrame]:
    # The library goes by the name's ending, which says nothing certain.
    named = folder / f"book.{sniff(path)}"
    named.symlink_to(path.absolute())
    found = READER.ask("copy_sheets", path=str(named), sheet=wanted, folder=str(folder))
    if wanted is not None and not found["files"]:
        raise RejectedFileError(
            f"None of the {len(found['names'])} sheets of the workbook is called {wanted!r}, as "
            "the contract names it: rename the sheet, or correct the contract."
        )
    return {name: pl.read_ipc(file) for name, file in found["files"].items()}


def _grid(name: str, sheet: pl.DataFrame, place: int, match: HeaderMatch) -> Grid:
    body = sheet.slice(place + 1)
    numbers = pl.int_range(body.height, dtype=pl.Int64, eager=True) + place + 2
    numbered = body.with_columns(numbers.alias(ROW_NUMBER))
    frame = numbered.select(*map(str, match.needed), ROW_NUMBER)
    head = [list(row) for row in sheet.head(place + 1).rows()]
    return Grid(match, head, whole(frame, body), header_row=place + 1, sheet=name)
