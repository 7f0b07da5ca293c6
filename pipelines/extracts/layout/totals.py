"""Totals that a sheet states ("Tổng cộng"), held against the rows that were read.

A total speaks of the rows above it, of one group of them, or of the rows below it. It agrees when
the rows between it and another printed row, or the edge of the table, have that count, or that sum
in its column. One that agrees with none of these says that rows are lacking or stand there twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.matching import fold_labels
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout import words

CODE = "TOTALS_MISMATCH"
_HUNDREDTHS = 100
_SHOWN = 80
_GROUPED = r"^[+-]?\d{1,3}(?:[. ]\d{3})+(?:,\d+)?$"
_PLAIN = r"^[+-]?\d+(?:[.,]\d+)?$"
_UNIT = r"\s\p{L}[\p{L} ]*$"
_COUNT_IN_LABEL = r"^[\p{L} ]*[:(]?\s*(\d[\d.]*)(?:\s*\p{L}[\p{L} ]*)?[.)]*$"
_TIME_IN_LABEL = r"\b(?:năm|quý|quí|tháng|kỳ|ngày)\b"


@dataclass(frozen=True)
class Stated:
    """A sheet with totals.

    Attributes:
        cells: All columns of all rows by position, as they stand in the file.
        kinds: The kind of every row, null for cases.
        totals: The places of the totals to hold against the rows.
        numbers: The number of every row as a person sees it.
        headers: The header of each column.
    """

    cells: pl.DataFrame
    kinds: pl.Series
    totals: pl.Series
    numbers: pl.Series
    headers: Sequence[str]


@dataclass(frozen=True)
class _Claim:
    """Numbers that totals state in one column, and what the rows come to from the top on.

    Attributes:
        header: The column's header; empty for a count within the words of the total.
        stated: What is stated, in hundredths; null where nothing is.
        running: Running counts and sums, in hundredths, that may be meant; the likeliest first.
        is_sum: Whether the column holds nothing but numbers.
        must_agree: Where the number can mean nothing else.
    """

    header: str
    stated: pl.Series
    running: tuple[pl.Series, ...]
    is_sum: bool
    must_agree: pl.Series


def check_totals(sheet: Stated) -> None:
    """Hold every stated total against the rows.

    Raises:
        RejectedFileError: Names a total's row, what it states and what the rows come to.
    """
    labels = _labels(sheet)
    if labels.null_count() == labels.len():
        return
    edges = sheet.kinds.is_not_null()
    for claim in _claims(sheet, labels):
        agrees = pl.Series([False]).new_from_index(0, edges.len())
        for running in claim.running:
            agrees |= _agrees(claim.stated, running, edges)
        wrong = (claim.must_agree & claim.stated.is_not_null() & ~agrees).arg_true()
        if not wrong.is_empty():
            raise _contradiction(claim, wrong[0], sheet.numbers, labels)


def _labels(sheet: Stated) -> pl.Series:
    """The words of each total that counts rows, null elsewhere."""
    every = pl.all()
    texts = sheet.cells[sheet.totals].select(
        pl.coalesce(pl.when(every.str.contains(words.LETTER)).then(every)).alias("label")
    )
    labels = texts.select(fold_labels(pl.col("label"))).to_series()
    labels = labels.set(labels.str.contains(words.NOT_A_COUNT), None)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, sheet.kinds.len())
    return nothing.scatter(sheet.totals, labels)


def _claims(sheet: Stated, labels: pl.Series) -> Iterator[_Claim]:
    is_case, is_checked = sheet.kinds.is_null(), labels.is_not_null()
    count = is_case.cast(pl.Int64).cum_sum() * _HUNDREDTHS
    untimed = labels.set(labels.str.contains(_TIME_IN_LABEL), None)
    in_label = _read(untimed.str.extract(_COUNT_IN_LABEL))
    yield _Claim("", in_label, (count,), is_sum=False, must_agree=is_checked)
    is_first = in_label.is_null()
    for place, cells in enumerate(sheet.cells):
        # Few columns have a number in a total: only those are read whole.
        if not _read(cells.filter(is_checked)).is_not_null().any():
            continue
        read = _read(cells)
        stated, values = read.set(~is_checked, None), read.set(~is_case, None)
        filled = is_case & (cells.str.strip_chars() != "").fill_null(value=False)
        adds_up = bool(filled.any()) and values.count() == filled.sum()
        sums = (values.fill_null(0).cum_sum(),) if adds_up else ()
        running = (*sums, count, filled.cast(pl.Int64).cum_sum() * _HUNDREDTHS)
        header = sheet.headers[place] if place < len(sheet.headers) else ""
        yield _Claim(header, stated, running, is_sum=adds_up, must_agree=is_first | adds_up)
        is_first &= stated.is_null()


def _read(texts: pl.Series) -> pl.Series:
    """Numbers as Vietnamese sheets write them, in hundredths; null where there is no number."""
    bare = texts.str.strip_chars().str.replace(_UNIT, "")
    grouped = bare.set(~bare.str.contains(_GROUPED).fill_null(value=False), None)
    plain = bare.set(~bare.str.contains(_PLAIN).fill_null(value=False), None)
    number = grouped.str.replace_all(r"[. ]", "").zip_with(grouped.is_not_null(), plain)
    value = number.str.replace(",", ".").cast(pl.Float64, strict=False) * _HUNDREDTHS
    return value.round().cast(pl.Int64, strict=False)


def _agrees(stated: pl.Series, running: pl.Series, edges: pl.Series) -> pl.Series:
    """Where some span of rows that ends or begins at the total comes to what it states."""
    ends = running.filter(edges).append(pl.Series([0, running[-1]])).unique()
    spans = (running - stated).is_in(ends.implode()) | (running + stated).is_in(ends.implode())
    return spans.fill_null(value=False)


def _contradiction(
    claim: _Claim, place: int, numbers: pl.Series, labels: pl.Series
) -> RejectedFileError:
    running = claim.running[0]
    found = running[place] or running[-1]
    where = f" under {claim.header!r}" if claim.header else ""
    come_to = "add up to" if claim.is_sum else "are"
    total = f"row {numbers[place]} ({labels[place][:_SHOWN]})"
    return RejectedFileError(
        f"{CODE}: {total} states {_shown(claim.stated[place])}{where}, but the rows read {come_to} "
        f"{_shown(found)}: rows are lacking or stand there twice. Export the list again, or "
        "correct the total."
    )


def _shown(hundredths: int) -> str:
    return f"{hundredths / _HUNDREDTHS:.2f}".removesuffix(".00")
