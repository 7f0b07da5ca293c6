"""Which column of a file is which column of the dataset, by folded header.

Works on rows of header text alone, so that every format shares it: finding the header row below a
title block, naming what is missing, and picking the declared columns out of a frame. Columns that
the contract does not name are dropped here; only their names go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.matching import fold_label
from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError

ROW_NUMBER = "_row_number"
"""The row as a person sees it: the row in Excel, the line in a text file, the record in JSON."""

OVERFLOW = "_overflow"
"""Text found beyond the last header of a row: the sign of a delimiter inside an unquoted value."""

HEADER_SEARCH_ROWS = 30
"""A header is looked for in this many rows: title blocks of real exports take up to a dozen."""


@dataclass(frozen=True)
class HeaderMatch:
    """How one row of headers fits a contract.

    Attributes:
        headers: The row as found, blank cells as empty text.
        positions: Canonical column -> the places where its header stands (more than one: repeats).
        missing: Required columns without a header.
    """

    headers: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]]
    missing: tuple[str, ...]

    @property
    def score(self) -> int:
        """How many columns of the contract this row names."""
        return len(self.positions)

    @property
    def needed(self) -> tuple[int, ...]:
        """Places of every declared column, in the file's order."""
        return tuple(sorted({place for places in self.positions.values() for place in places}))

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headers that no contract column names."""
        needed = set(self.needed)
        return tuple(
            header for place, header in enumerate(self.headers) if header and place not in needed
        )


class HeaderMatcher:
    """Matches rows of headers against one contract."""

    def __init__(self, contract: Contract) -> None:
        """Match against `contract`."""
        self.contract = contract

    def match(self, cells: Iterable[str | None]) -> HeaderMatch:
        """Fit one row of cells; of several accepted headers the contract's first one wins."""
        headers = tuple((cell or "").strip() for cell in cells)
        places: dict[str, list[int]] = {}
        for place, header in enumerate(headers):
            if folded := fold_label(header):
                places.setdefault(folded, []).append(place)
        positions = {}
        for column in self.contract.columns_read:
            accepted = self.contract.headers_of(column)
            if found := next((places[header] for header in accepted if header in places), None):
                positions[column] = tuple(found)
        missing = tuple(name for name in self.contract.columns_needed if name not in positions)
        return HeaderMatch(headers, positions, missing)

    def find(self, rows: Sequence[Sequence[str | None]]) -> tuple[int, HeaderMatch] | None:
        """The place and fit of the row that names most columns; the first one among equals.

        Returns:
            None when every row is blank.
        """
        best: tuple[int, HeaderMatch] | None = None
        for place, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
            match = self.match(row)
            if any(match.headers) and (best is None or match.score > best[1].score):
                best = (place, match)
        return best

    def require_all(self, match: HeaderMatch) -> None:
        """Refuse a file that lacks a required column.

        Raises:
            RejectedFileError: Names the missing columns, the headers accepted and those found.
        """
        if not match.missing:
            return
        wanted = "; ".join(
            f"{column} ({' / '.join(self._readable_headers(column))})" for column in match.missing
        )
        found = " | ".join(header for header in match.headers if header) or "none"
        raise RejectedFileError(
            f"Required columns are missing: {wanted}. The headers found are: {found}. "
            "Add the column to the export, or its header to the contract."
        )

    def _readable_headers(self, column: str) -> tuple[str, ...]:
        """The accepted headers as people write them, not folded."""
        return self.contract.columns[column].headers or (
            self.contract.data.column(column).label_vi,
        )


def pick_columns(frame: pl.DataFrame, match: HeaderMatch) -> pl.DataFrame:
    """Rename the positional columns of `frame` to the canonical ones and drop the others.

    Args:
        frame: Text columns named by position ("0", "1", ...) and `ROW_NUMBER`.
        match: The fit of the header row.

    Raises:
        RejectedFileError: A needed header stands twice above different content.
    """
    for column, (first, *others) in match.positions.items():
        for other in others:
            if not frame[str(first)].equals(frame[str(other)], null_equal=True):
                raise RejectedFileError(
                    f"The header {match.headers[first]!r} ({column}) stands over columns "
                    f"{first + 1} and {other + 1}, which hold different values: keep the right one."
                )
    # Series put together, not a select: renaming a wide frame must not copy it.
    columns = [frame[str(places[0])].alias(name) for name, places in match.positions.items()]
    marks = [frame[name] for name in (ROW_NUMBER, OVERFLOW) if name in frame.columns]
    return pl.DataFrame([*columns, *marks])
