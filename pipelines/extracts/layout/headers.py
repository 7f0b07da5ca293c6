"""Which column of a file is which column of the dataset, by folded header.

Works on rows of header text alone, so that every format shares it: finding the header below a title
block, putting headers of several levels together, naming what is missing, and picking the declared
columns out of a frame. Columns that the contract does not name are dropped here; only their names
go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import polars as pl

from pipelines.contracts.matching import fold_label
from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.levels import (
    LEVEL_SEPARATOR,
    MAX_LEVELS,
    Labels,
    labels_of,
    may_continue,
    rows_of_text,
)
from pipelines.extracts.rows.clock import with_time

ROW_NUMBER = "_row_number"
"""The row as a person sees it: the row in Excel, the line in a text file, the record in JSON."""

OVERFLOW = "_overflow"
"""Text found beyond the last header of a row: the sign of a delimiter inside an unquoted value."""

HEADER_SEARCH_ROWS = 30
"""A header is looked for in this many rows: title blocks of real exports take up to a dozen."""

_COUNTS = re.compile(
    r"tổng số|số lượng|t[ỷỉ] lệ|%|(?:trước|đúng|trong|quá|trễ|sớm)[ ,]*hạn|trong kỳ"
)
_COUNTS_OF_A_SUMMARY = 3
_LIKENESS = 0.75


@dataclass(frozen=True)
class HeaderMatch:
    """How the header of a table fits a contract.

    Attributes:
        headers: The header of each column, blank ones as empty text; a header of several levels
            as "upper / lower".
        positions: Canonical column -> the places where its header stands (more than one: repeats).
        missing: Required columns without a header.
        levels: The header's rows as found, upper ones first; usually one.
        times: Canonical column -> the place of the time of day that belongs to it, where that
            stands in a column of its own.
    """

    headers: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]]
    missing: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...] = ()
    times: Mapping[str, int] = field(default_factory=dict)

    @property
    def score(self) -> int:
        """How many columns of the contract this header names."""
        return len(self.positions)

    @property
    def needed(self) -> tuple[int, ...]:
        """Places of every declared column, in the file's order."""
        places = {place for places in self.positions.values() for place in places}
        return tuple(sorted(places | set(self.times.values())))

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
        names = contract.columns_read
        self._headers = {name: contract.headers_of(name) for name in names}
        self._times = {name: contract.time_headers_of(name) for name in names}
        self._known = {header for headers in self._headers.values() for header in headers}

    def match(self, cells: Iterable[str | None]) -> HeaderMatch:
        """Fit one row of cells; of several accepted headers the contract's first one wins."""
        (row,) = rows_of_text([list(cells)])
        return self._fit((row,))

    def find(self, rows: Sequence[Sequence[str | None]]) -> tuple[int, HeaderMatch] | None:
        """Find the header: the row, or rows one below the other, that name most columns.

        Of equal candidates the one with fewer rows counts, then the first. Rows directly below it
        that only divide its merged cells belong to it.

        Args:
            rows: The first rows of a sheet or text, cells as text; of merged cells the first one
                holds the text.

        Returns:
            The place of the header's last row and its fit; None when every row is blank.
        """
        texts = rows_of_text(rows[:HEADER_SEARCH_ROWS])
        best: tuple[int, HeaderMatch] | None = None
        for place, match in self._candidates(texts):
            if best is None or _rank(match) > _rank(best[1]):
                best = (place, match)
        return None if best is None else self._with_rows_below(texts, *best)

    def require_all(self, match: HeaderMatch) -> None:
        """Refuse a file that lacks a required column.

        Raises:
            RejectedFileError: Names the missing columns, the headers accepted and those found, or
                says that the file is a summary and no list of cases.
        """
        if not match.missing:
            return
        if counted := self._columns_of_a_summary(match):
            raise RejectedFileError(
                f"The file is a summary table, its columns count cases ({', '.join(counted)}): "
                "export the case list instead, one row per case (danh sách chi tiết, "
                f"{self.contract.data.label_vi})."
            )
        wanted = "; ".join(self._wanted(column, match) for column in match.missing)
        raise RejectedFileError(
            f"Required columns are missing: {wanted}. The headers found are: {_shown(match)}. "
            "Add the column to the export, or its header to the contract."
        )

    def nearest(self, column: str, match: HeaderMatch) -> str | None:
        """The unused header of a file that looks most like one of a column: perhaps renamed."""
        unused = {fold_label(_lowest(header)): header for header in match.ignored}
        for accepted in self.contract.headers_of(column):
            if close := get_close_matches(accepted, unused, n=1, cutoff=_LIKENESS):
                return unused[close[0]]
        return None

    def _candidates(self, texts: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, HeaderMatch]]:
        filled = [place for place, row in enumerate(texts) if any(row)]
        for place in filled:
            yield place, self._fit((texts[place],))
        for depth in range(2, MAX_LEVELS + 1):
            for place in filled:
                levels = tuple(texts[max(0, place - depth + 1) : place + 1])
                if len(levels) == depth and all(map(any, levels)):
                    yield place, self._fit(levels)

    def _with_rows_below(
        self, texts: Sequence[tuple[str, ...]], place: int, match: HeaderMatch
    ) -> tuple[int, HeaderMatch]:
        while len(match.levels) < MAX_LEVELS and place + 1 < len(texts):
            if not may_continue(match.levels[-1], texts[place + 1], match.needed):
                break
            longer = self._fit((*match.levels, texts[place + 1]))
            if longer.score < match.score:
                break
            place, match = place + 1, longer
        return place, match

    def _fit(self, levels: tuple[tuple[str, ...], ...]) -> HeaderMatch:
        labels = labels_of(levels)
        places = _places_by_name(labels)
        positions, times = {}, {}
        # Most rows tried are rows of data.
        for column in self._headers if not self._known.isdisjoint(places) else ():
            if found := _first_of(self._headers[column], places):
                positions[column] = found
                if time := _first_of(self._times[column], places):
                    times[column] = time[0]
        missing = tuple(name for name in self.contract.columns_needed if name not in positions)
        return HeaderMatch(labels.shown, positions, missing, levels, times)

    def _wanted(self, column: str, match: HeaderMatch) -> str:
        accepted = f"{column} ({' / '.join(self._readable_headers(column))})"
        nearest = self.nearest(column, match)
        return accepted if nearest is None else f"{accepted}, perhaps renamed to {nearest!r}"

    def _columns_of_a_summary(self, match: HeaderMatch) -> list[str]:
        """Headers that count cases, where several do and no column names a case."""
        counted = [name for name in match.ignored if _COUNTS.search(fold_label(_lowest(name)))]
        lacks_key = set(match.missing) & set(self.contract.data.key)
        return counted if lacks_key and len(counted) >= _COUNTS_OF_A_SUMMARY else []

    def _readable_headers(self, column: str) -> tuple[str, ...]:
        """The accepted headers as people write them, not folded."""
        return self.contract.columns[column].headers or (
            self.contract.data.column(column).label_vi,
        )


def _shown(match: HeaderMatch) -> str:
    """The headers for a message; a row that may be of data or a title keeps it to itself."""
    if not match.score:
        return "none (no row names any column)"
    return " | ".join(header for header in match.headers if header) or "none"


def _lowest(header: str) -> str:
    return header.rpartition(LEVEL_SEPARATOR)[2]


def _rank(match: HeaderMatch) -> tuple[int, int, int]:
    """More columns, then fewer rows; where nothing is named, the widest row is most of a header."""
    width = 0 if match.score else sum(map(bool, match.headers))
    return match.score, -len(match.levels), width


def _places_by_name(labels: Labels) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, names in enumerate(labels.names):
        for name in names:
            places.setdefault(name, []).append(place)
    return places


def _first_of(accepted: Iterable[str], places: Mapping[str, list[int]]) -> tuple[int, ...]:
    """Where the first accepted header stands that is there at all."""
    return next((tuple(places[header]) for header in accepted if header in places), ())


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
    columns = [_column(frame, match, name).alias(name) for name in match.positions]
    marks = [frame[name] for name in (ROW_NUMBER, OVERFLOW) if name in frame.columns]
    return pl.DataFrame([*columns, *marks])


def _column(frame: pl.DataFrame, match: HeaderMatch, name: str) -> pl.Series:
    day = frame[str(match.positions[name][0])]
    return with_time(day, frame[str(match.times[name])]) if name in match.times else day
