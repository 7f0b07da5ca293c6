"""Reads workbooks (xlsx) as text: every cell as Excel holds it, dates in ISO form.

The sheet is the one the contract names, else the one whose header fits best. Row numbers are those
that Excel shows.
"""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import Grid
from pipelines.extracts.headers import HEADER_SEARCH_ROWS, ROW_NUMBER, HeaderMatch, HeaderMatcher


def read_workbook(path: Path, matcher: HeaderMatcher, _folder: Path) -> Grid:
    """Read the sheet that holds the table.

    Raises:
        RejectedFileError: The workbook is damaged, or has no such sheet, or nothing in it.
    """
    try:
        workbook = fastexcel.read_excel(path)
        names = _candidates(workbook.sheet_names, matcher.contract.sheet)
        sheets = {name: _cells(workbook, name) for name in names}
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0]
        raise RejectedFileError(
            f"The workbook cannot be read ({reason}): open it in Excel and save it again."
        ) from error
    found = [
        (name, *fit)
        for name, sheet in sheets.items()
        if (fit := matcher.find(sheet.head(HEADER_SEARCH_ROWS).rows()))
    ]
    if not found:
        raise RejectedFileError("The workbook holds no table: every sheet is empty.")
    name, place, match = max(found, key=lambda candidate: candidate[2].score)
    return _grid(name, sheets[name], place, match)


def _candidates(names: list[str], wanted: str | None) -> list[str]:
    if wanted is None:
        return names
    if wanted not in names:
        raise RejectedFileError(
            f"The workbook has no sheet {wanted!r}, which the contract names; "
            f"its sheets are: {', '.join(names)}."
        )
    return [wanted]


def _cells(workbook: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """Every cell from A1 on, so that places in the frame are places in Excel."""
    # Without skip_rows=0 leading blank rows vanish, and with them the row numbers of Excel.
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    columns = sheet.to_polars().get_columns()
    first = sheet.available_columns()[0].absolute_index if columns else 0
    blank = [pl.Series([None], dtype=pl.String).new_from_index(0, sheet.height)] * first
    return pl.DataFrame(
        [column.alias(str(place)) for place, column in enumerate([*blank, *columns])]
    )


def _grid(name: str, sheet: pl.DataFrame, place: int, match: HeaderMatch) -> Grid:
    body = sheet.with_row_index(ROW_NUMBER, offset=1).slice(place + 1)
    frame = body.select(
        *(str(position) for position in match.needed), pl.col(ROW_NUMBER).cast(pl.Int64)
    )
    return Grid(frame, match, header_row=place + 1, sheet=name)
