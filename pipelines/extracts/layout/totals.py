"""Totals that a sheet states ("Tổng cộng"), held against the rows that were read.

A total speaks of the rows above it, of one group of them, or of the rows below it. It agrees when
the rows between it and another printed row, or the edge of the table, have that count, or that sum
in its column. One that agrees with none of these says that rows are lacking or stand there twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.matching import fold_labels
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.grid import Grid
from pipelines.extracts.layout import words

CODE = "TOTALS_MISMATCH"
_HUNDREDTHS = 100
_SHOWN = 80
_GROUPED = r"^[+-]?\d{1,3}(?:[. ]\d{3})+(?:,\d+)?$"
_PLAIN = r"^[+-]?\d+(?:[.,]\d+)?$"
_UNIT = r"\s\p{L}[\p{L} ]*$"
_COUNT_IN_LABEL = r"^[\p{L} ]*[:(]?\s*(\d[\d.]*)(?:\s*\p{L}[\p{L} ]*)?[.)]*$"
_NUMBER, _PLACE, _LABEL = "_number", "_place", "_label"
_TIME_IN_LABEL = r"\b(?:năm|quý|quí|tháng|kỳ|ngày)\b"


@dataclass(frozen=True)
class _Running:
    """What the rows come to in one way of counting, from the top on, in hundredths.

    Attributes:
        at_totals: At each total.
        ends: At every row where a span of rows may begin or end.
        last: At the end.
    """

    at_totals: pl.Series
    ends: pl.Series
    last: int


@dataclass(frozen=True)
class _Claim:
    """Numbers that totals state in one column, and what may be meant by them.

    Attributes:
        header: The column's header; empty for a count within the words of the total.
        stated: What each total states, in hundredths; null where that is nothing.
        running: Counts and sums that may be meant; the likeliest first.
        is_sum: Whether the column holds nothing but numbers.
        must_agree: Where the number can mean nothing else.
    """

    header: str
    stated: pl.Series
    running: tuple[_Running, ...]
    is_sum: bool
    must_agree: pl.Series


class Totals:
    """The totals of one sheet, and where its rows stand that only print it."""

    def __init__(self, grid: Grid) -> None:
        """Nothing is known of the rows yet."""
        self._grid = grid
        self._rows = 0
        self._edges: list[pl.Series] = []
        self._found: list[pl.DataFrame] = []

    def pass_cases(self, rows: int) -> None:
        """Go on by so many cases."""
        self._rows += rows

    def pass_rows(
        self, numbers: pl.Series, cells: pl.DataFrame, kinds: pl.Series, totals: pl.Series
    ) -> None:
        """Go on by rows of which some are no cases.

        Args:
            numbers: The number of every row as a person sees it.
            cells: All columns by position, as they stand in the file.
            kinds: The kind of every row, null for cases.
            totals: The places of the totals to hold against the rows.
        """
        self._edges.append(kinds.is_not_null().arg_true().cast(pl.Int64) + self._rows)
        if len(totals):
            places = totals.cast(pl.Int64) + self._rows
            marks = [numbers.gather(totals).alias(_NUMBER), places.alias(_PLACE)]
            self._found.append(cells[totals].with_columns(marks))
        self._rows += kinds.len()

    def require_agreement(self) -> None:
        """Hold every stated total against the rows, which are gone through once more for it.

        Raises:
            RejectedFileError: Names a total's row, what it states and what the rows come to.
        """
        totals = _with_labels(pl.concat(self._found)) if self._found else pl.DataFrame()
        if totals.is_empty():
            return
        for claim in self._claims(totals):
            agrees = pl.repeat(False, totals.height, eager=True)
            for running in claim.running:
                agrees |= _agrees(claim.stated, running)
            wrong = (claim.must_agree & claim.stated.is_not_null() & ~agrees).arg_true()
            if not wrong.is_empty():
                raise _contradiction(claim, wrong[0], totals)

    def _claims(self, totals: pl.DataFrame) -> Iterator[_Claim]:
        labels, edges = totals[_LABEL], pl.concat(self._edges)
        at = edges.search_sorted(totals[_PLACE])
        before = pl.int_range(edges.len(), dtype=pl.Int64, eager=True)
        cases = self._rows - edges.len()
        count = _running((edges - before) * _HUNDREDTHS, at, cases * _HUNDREDTHS)
        untimed = labels.set(labels.str.contains(_TIME_IN_LABEL), None)
        in_label = _read(untimed.str.extract(_COUNT_IN_LABEL))
        yield _Claim("", in_label, (count,), is_sum=False, must_agree=labels.is_not_null())
        is_first, headers = in_label.is_null(), self._grid.match.headers
        stated = {name: _read(totals[name]) for name in totals.columns if name.isdecimal()}
        # Few columns have a number in a total: only those are read.
        stated = {name: read for name, read in stated.items() if read.is_not_null().any()}
        for name, column in _summed(self._grid, list(stated), edges).items():
            filled = _running(column.at_edges("filled"), at, column.filled * _HUNDREDTHS)
            sums = (_running(column.at_edges("sums"), at, column.sum),) if column.adds_up else ()
            yield _Claim(
                headers[int(name)] if int(name) < len(headers) else "",
                stated[name],
                (*sums, count, filled),
                is_sum=column.adds_up,
                must_agree=is_first | column.adds_up,
            )
            is_first &= stated[name].is_null()


def _with_labels(totals: pl.DataFrame) -> pl.DataFrame:
    """The totals that count rows, with their words."""
    cells = pl.exclude(_NUMBER, _PLACE)
    text = pl.coalesce(pl.when(cells.str.contains(words.LETTER)).then(cells))
    labelled = totals.with_columns(text.alias(_LABEL)).with_columns(fold_labels(pl.col(_LABEL)))
    return labelled.filter(~pl.col(_LABEL).str.contains(words.NOT_A_COUNT))


class _Column:
    """One column, summed up from the top on."""

    def __init__(self) -> None:
        self.sum = self.filled = self.read = 0
        self._at_edges: list[pl.DataFrame] = []

    @property
    def adds_up(self) -> bool:
        """Whether all its cases that hold anything hold numbers."""
        return 0 < self.filled == self.read

    def at_edges(self, what: str) -> pl.Series:
        """Its running `sums`, or how many cases are `filled`, in hundredths."""
        return pl.concat(self._at_edges)[what]

    def add(self, cells: pl.Series, is_case: pl.Series, edges: pl.Series) -> None:
        """Go on by some rows, of which some are edges."""
        values = _read(cells).set(~is_case, None)
        filled = is_case & (cells.str.strip_chars() != "").fill_null(value=False)
        sums = values.fill_null(0).cum_sum() + self.sum
        counts = (filled.cast(pl.Int64).cum_sum() + self.filled) * _HUNDREDTHS
        self._at_edges.append(pl.DataFrame({"sums": sums[edges], "filled": counts[edges]}))
        self.sum += int(values.sum())
        self.filled += int(filled.sum())
        self.read += values.count()


def _summed(grid: Grid, names: list[str], edges: pl.Series) -> dict[str, _Column]:
    columns = {name: _Column() for name in names}
    rows = 0
    for piece in grid.pieces() if names else ():
        cells = piece.every_column()
        here = edges.filter((edges >= rows) & (edges < rows + cells.height)) - rows
        is_case = pl.repeat(True, cells.height, eager=True).scatter(here, False)
        for name, column in columns.items():
            column.add(cells[name], is_case, here)
        rows += cells.height
    return columns


def _running(at_edges: pl.Series, totals: pl.Series, last: int) -> _Running:
    ends = at_edges.append(pl.Series([0, last])).unique()
    return _Running(at_edges.gather(totals), ends, last)


def _read(texts: pl.Series) -> pl.Series:
    """Numbers as Vietnamese sheets write them, in hundredths; null where there is no number."""
    bare = texts.str.strip_chars().str.replace(_UNIT, "")
    grouped = bare.set(~bare.str.contains(_GROUPED).fill_null(value=False), None)
    plain = bare.set(~bare.str.contains(_PLAIN).fill_null(value=False), None)
    number = grouped.str.replace_all(r"[. ]", "").zip_with(grouped.is_not_null(), plain)
    value = number.str.replace(",", ".").cast(pl.Float64, strict=False) * _HUNDREDTHS
    return value.round().cast(pl.Int64, strict=False)


def _agrees(stated: pl.Series, running: _Running) -> pl.Series:
    """Where some span of rows that ends or begins at the total comes to what it states."""
    ends, here = running.ends.implode(), running.at_totals
    spans = (here - stated).is_in(ends) | (here + stated).is_in(ends)
    return spans.fill_null(value=False)


def _contradiction(claim: _Claim, place: int, totals: pl.DataFrame) -> RejectedFileError:
    running = claim.running[0]
    found = running.at_totals[place] or running.last
    where = f" under {claim.header!r}" if claim.header else ""
    come_to = "add up to" if claim.is_sum else "are"
    total = f"row {totals[_NUMBER][place]} ({totals[_LABEL][place][:_SHOWN]})"
    return RejectedFileError(
        f"{CODE}: {total} states {_shown(claim.stated[place])}{where}, but the rows read {come_to} "
        f"{_shown(found)}: rows are lacking or stand there twice. Export the list again, or "
        "correct the total."
    )


def _shown(hundredths: int) -> str:
    return f"{hundredths / _HUNDREDTHS:.2f}".removesuffix(".00")
