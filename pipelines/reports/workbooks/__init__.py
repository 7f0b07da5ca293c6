"""Workbooks for people who work in a spreadsheet: the scorecard, its cases, lists to work off.

`tables` says what a sheet holds and `book` how it looks; every other module is one workbook with a
function `write(edition, folder)`. Values are those of the marts; only shares are cut to the digits
that every other report shows, so that no reader finds two figures for one thing.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.reports.edition import Edition
from pipelines.reports.workbooks import cases, data_quality, follow_up, scorecard


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write every workbook into a folder and return their files."""
    workbooks = (scorecard, cases, follow_up, data_quality)
    return [path for workbook in workbooks for path in workbook.write(edition, folder)]
