"""Totals that a sheet states ("Tổng cộng"), held against the rows that were read.

A total speaks of the rows above it, of one group of them, or of the rows below it. It agrees when
the rows between it and another printed row, or the edge of the table, have that count, or that sum
in its column. One that agrees with none of these says that rows are lacking or stand there twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.matching import fold_labels
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.grid import Grid, Piece
from pipelines.extracts.layout import words
from pipelines.extracts.layout.headers import ROW_NUMBER

CODE = "TOTALS_MISMATCH"
_HUNDREDTHS = 100
_LONG = 100_000_000 * _HUNDREDTHS
_GROUPED = r"^[+-]?\d{1,3}(?:[. ]\d{3})+(?:,\d+)?$"
_PLAIN = r"^[+-]?\d+(?:[.,]\d+)?$"
_UNIT = r"\s\p{L}[\p{L} ]*$"
_COUNT_IN_LABEL = r"^[\p{L} ]*[:(]?\s*(\d[\d.]*)(?:\s*\p{L}[\p{L} ]*)?[.)]*$"
_NUMBER, _LABEL, _CASES = "_number", "_label", "_cases"
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
    """The totals of one sheet, and the rows that only print it."""

    def __init__(self, grid: Grid) -> None:
        """Nothing is known of the rows yet."""
        self._grid = grid
        self._left_out: list[pl.Series] = []
        self._found: list[pl.DataFrame] = []

    def leave_out(self, numbers: pl.Series) -> None:
        """Learn the numbers of rows that are no cases."""
        self._left_out.append(numbers)

    def add(self, numbers: pl.Series, cells: pl.DataFrame) -> None:
        """Learn of totals to hold against the rows.

        Args:
            numbers: The number of every total's row as a person sees it.
            cells: All their columns by position, as they stand in the file.
        """
        if len(numbers):
            self._found.append(cells.with_columns(numbers.alias(_NUMBER)))

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
        stated = {name: _read(totals[name]) for name in totals.columns if name.isdecimal()}
        # Few columns have a number in a total: only those are read.
        stated = {name: read for name, read in stated.items() if read.is_not_null().any()}
        sums = _Sums(list(stated), pl.concat(self._left_out), totals[_NUMBER])
        for piece in self._grid.pieces():
            sums.add(piece)
        labels, headers = totals[_LABEL], self._grid.match.headers
        untimed = labels.set(labels.str.contains(_TIME_IN_LABEL), None)
        in_label, count = _read(untimed.str.extract(_COUNT_IN_LABEL)), sums.count
        yield _Claim("", in_label, (count,), is_sum=False, must_agree=labels.is_not_null())
        is_first = in_label.is_null()
        for name, read in stated.items():
            adds_up = sums.add_up(name)
            yield _Claim(
                headers[int(name)] if int(name) < len(headers) else "",
                read,
                (*((sums.sum(name),) if adds_up else ()), count, sums.filled(name)),
                is_sum=adds_up,
                must_agree=is_first | adds_up,
            )
            is_first &= read.is_null()


def _with_labels(totals: pl.DataFrame) -> pl.DataFrame:
    """The totals that count rows, with their words."""
    cells = pl.exclude(_NUMBER)
    text = pl.coalesce(pl.when(cells.str.contains(words.LETTER)).then(cells))
    labelled = totals.with_columns(text.alias(_LABEL)).with_columns(fold_labels(pl.col(_LABEL)))
    return labelled.filter(~pl.col(_LABEL).str.contains(words.NOT_A_COUNT))


class _Sums:
    """What the cases come to, column by column, from the top on."""

    def __init__(self, names: list[str], left_out: pl.Series, totals: pl.Series) -> None:
        """No row went by yet.

        Args:
            names: The columns to sum up.
            left_out: Numbers of the rows that are no cases.
            totals: Numbers of the totals.
        """
        self._names = names
        self._left_out = left_out
        self._totals = totals
        self._last = dict.fromkeys([_CASES, *(key for name in names for key in _keys(name))], 0)
        self._at_edges: list[pl.DataFrame] = []

    def add(self, piece: Piece) -> None:
        """Go on by some rows."""
        numbers, cells = piece.frame[ROW_NUMBER], piece.every_column()
        is_case = ~numbers.is_in(self._left_out.implode())
        columns = {_CASES: is_case.cast(pl.Int64)}
        for name in self._names:
            total, filled, read = _keys(name)
            values = _read(cells[name]).set(~is_case, None)
            is_filled = is_case & (cells[name].str.strip_chars() != "").fill_null(value=False)
            columns[total] = values.fill_null(0)
            columns[filled] = is_filled.cast(pl.Int64)
            columns[read] = values.is_not_null().cast(pl.Int64)
        running = pl.DataFrame(
            [(column.cum_sum() + self._last[key]).alias(key) for key, column in columns.items()]
        )
        self._last |= running.tail(1).to_dicts()[0] if running.height else {}
        self._at_edges.append(running.with_columns(numbers.alias(_NUMBER)).filter(~is_case))

    @property
    def count(self) -> _Running:
        """How many cases there are."""
        return self._running(_CASES, _HUNDREDTHS)

    def sum(self, name: str) -> _Running:
        """What the numbers of a column come to."""
        return self._running(_keys(name)[0], 1)

    def filled(self, name: str) -> _Running:
        """How many cases hold anything in a column."""
        return self._running(_keys(name)[1], _HUNDREDTHS)

    def add_up(self, name: str) -> bool:
        """Whether all cases that hold anything in a column hold a number."""
        _, filled, read = (self._last[key] for key in _keys(name))
        return 0 < filled == read

    def _running(self, key: str, unit: int) -> _Running:
        edges = pl.concat(self._at_edges)
        at_edges, last = edges[key] * unit, self._last[key] * unit
        here = at_edges.gather(edges[_NUMBER].search_sorted(self._totals))
        return _Running(here, at_edges.append(pl.Series([0, last])).unique(), last)


def _keys(name: str) -> tuple[str, str, str]:
    """The running numbers of a column: its sum, how many cases are filled, how many are read."""
    return f"{name} sum", f"{name} filled", f"{name} read"


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
    words_of_total = re.match(words.TOTAL, totals[_LABEL][place])
    named = f" ({words_of_total[0].rstrip(' :.(')})" if words_of_total else ""
    total = f"row {totals[_NUMBER][place]}{named}"
    return RejectedFileError(
        f"{CODE}: {total} states {_shown(claim.stated[place])}{where}, but the rows read {come_to} "
        f"{_shown(found)}: rows are lacking or stand there twice. Export the list again, or "
        "correct the total."
    )


def _shown(hundredths: int) -> str:
    """A number for a message; no list counts so far, but telephones and identity cards do."""
    if abs(hundredths) >= _LONG:
        return "a number of nine digits or more"
    return f"{hundredths / _HUNDREDTHS:.2f}".removesuffix(".00")
