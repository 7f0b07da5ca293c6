"""What was found in one file, for people: one description for `qo check` and for asset metadata.

Names and counts only, never a value of a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.contracts.model import Contract
from pipelines.extracts.layout.headers import HeaderMatcher
from pipelines.extracts.manifests import Period
from pipelines.extracts.reading import Extract


@dataclass(frozen=True)
class FileFacts:
    """What was found in one file.

    Attributes:
        format: Of the content, whatever the name says.
        encoding: Of text files.
        delimiter: Of delimited text.
        sheet: Of workbooks.
        header_rows: First and last row of the header; None for formats whose columns have names.
        period: The days it claims to hold, by its manifest or its title.
        matched: Canonical column -> header found.
        absent: Columns of the contract that the file lacks and can do without.
        renamed: Of those, column -> the unused header that looks most like it.
        ignored: Headers that no contract column names; their columns are not stored.
        furniture: How many rows of which kind hold no case (`furniture.KINDS`).
        rows_read: Rows that may be cases.
        rows_accepted: Rows that go on.
        rows_rejected: Rows with a fault.
        rows_duplicate: Identical repeats beyond the first.
        notes: Sentences about what is strange and stops nothing.
    """

    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_rows: tuple[int, int] | None
    period: Period | None
    matched: Mapping[str, str]
    absent: tuple[str, ...]
    renamed: Mapping[str, str]
    ignored: tuple[str, ...]
    furniture: Mapping[str, int]
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    notes: tuple[str, ...]

    def as_metadata(self) -> dict[str, Any]:
        """The same as plain JSON, what is not there left out.

        So is the name of the sheet: it is kept where this goes, and may be a clerk's.
        """
        period = self.period and [self.period.start.isoformat(), self.period.end.isoformat()]
        found = asdict(self) | {"period": period, "sheet": None}
        return {name: value for name, value in found.items() if value or value == 0}


def file_facts(extract: Extract, contract: Contract) -> FileFacts:
    """Describe a file that was read.

    Args:
        extract: The file, read.
        contract: The contract it was read by.
    """
    grid, accounted = extract.table.grid, extract.accounted
    match, matcher = grid.match, HeaderMatcher(contract)
    absent = tuple(name for name in contract.columns_read if name not in match.positions)
    likely = {name: matcher.nearest(name, match) for name in absent}
    return FileFacts(
        format=extract.table.format,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        sheet=grid.sheet,
        header_rows=_header_rows(grid.header_row, len(match.levels)),
        period=extract.period,
        matched={name: match.headers[places[0]] for name, places in match.positions.items()},
        absent=absent,
        renamed={name: header for name, header in likely.items() if header},
        ignored=match.ignored,
        furniture=dict(extract.table.furniture),
        rows_read=accounted.rows_read,
        rows_accepted=accounted.rows_accepted,
        rows_rejected=accounted.rows_rejected,
        rows_duplicate=accounted.rows_duplicate,
        notes=extract.notes,
    )


def _header_rows(last: int | None, levels: int) -> tuple[int, int] | None:
    return None if last is None else (last - max(levels, 1) + 1, last)
