"""Casts a file's rows and accounts for every one: accepted, rejected with reasons, or a duplicate.

A row with any fault is rejected, with one line per fault. Of identical repeats among the rest the
first is accepted and the others are duplicates. Nothing else happens to a row, which is asserted.

Rows come some at a time, in the order of the file, and each is accepted or not as it goes by. That
two rows contradict one another may show long after the first was accepted: such rows are withdrawn
when the account is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.contracts.datasets import Column
from pipelines.contracts.model import Contract
from pipelines.extracts.layout.headers import ROW_NUMBER
from pipelines.extracts.rows.cast import TYPES, Cast, cast_column
from pipelines.extracts.rows.repeats import CASE_ID, Repeats, case_id, find_conflicts, readable_keys
from pipelines.extracts.rows.rowchecks import (
    LINE_SCHEMA,
    Rows,
    conflict_lines,
    find_faults,
    find_issues,
)
from pipelines.extracts.rows.spool import Spool
from pipelines.extracts.rows.swapped import Swaps


class Lines:
    """Lines about rows in the order of the rows, some at a time, as often as one likes."""

    def __init__(self, spool: Spool, more: pl.DataFrame, without: pl.Series) -> None:
        """Take what was put aside as rows went by, and what showed in the end.

        Args:
            spool: Lines in the order of their rows.
            more: Further lines of the same columns.
            without: Numbers of rows whose lines in `spool` no longer count.
        """
        self._spool = spool
        self._more = more
        self._without = without

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """The lines, never a frame without any."""
        more = self._more.sort(ROW_NUMBER)
        for lines in self._spool:
            left = lines.filter(~_among(lines[ROW_NUMBER], self._without))
            is_due = pl.col(ROW_NUMBER) <= lines[ROW_NUMBER][-1]
            due, more = more.filter(is_due), more.filter(~is_due)
            if left.height + due.height:
                yield pl.concat([left, due]).sort(ROW_NUMBER, maintain_order=True)
        if more.height:
            yield more


@dataclass(frozen=True)
class Accounted:
    """What became of the rows of one file.

    Attributes:
        rejected: One line per fault: row, code, column, raw value, reason, case.
        issues: One line per oddity of an accepted row, shaped alike.
        withdrawn: Numbers of the rows that were accepted at first and are rejected after all.
        rows_read: Rows in the file, blank ones left out.
        rows_accepted: Rows that go on.
        rows_rejected: Rows with a fault.
        rows_duplicate: Identical repeats beyond the first.
    """

    rejected: Lines
    issues: Lines
    withdrawn: pl.Series
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int


class Accounting:
    """The account of one file in the making."""

    def __init__(self, contract: Contract, extracted_on: date | None) -> None:
        """No row went by yet.

        Args:
            contract: The source's contract.
            extracted_on: The extract's date; None leaves out what is compared with it.
        """
        self._contract = contract
        self._extracted_on = extracted_on
        self._repeats = Repeats(contract.data)
        self._swaps = Swaps(contract)
        self._rejected, self._issues = Spool(), Spool()
        # Of rows with a fault of their own, and of identical repeats.
        self._faulty: list[pl.Series] = [pl.Series(dtype=pl.Int64)]
        self._copies: list[pl.Series] = [pl.Series(dtype=pl.Int64)]
        self._read = self._accepted = 0

    def cast(self, raw: pl.DataFrame) -> Rows:
        """Cast rows, which changes nothing here: the next ones may be cast while others are judged.

        Args:
            raw: Declared columns as text under canonical names, and `ROW_NUMBER`.
        """
        return cast_rows(raw, self._contract, self._extracted_on)

    def take(self, rows: Rows) -> pl.DataFrame:
        """Judge the next rows.

        Args:
            rows: The rows, cast.

        Returns:
            The accepted rows: every column of the dataset, typed, and `ROW_NUMBER`.
        """
        self._swaps.watch(rows.raw, rows.casts)
        readable = readable_keys(rows.typed, self._contract.data)
        faults, numbers = find_faults(rows), rows.typed[ROW_NUMBER]
        is_sound = ~_among(numbers, faults[ROW_NUMBER])
        is_copy = self._repeats.copies(rows.typed, readable, is_sound)
        is_kept = is_sound & ~is_copy
        issues = find_issues(rows)
        issues = issues.filter(~_among(issues[ROW_NUMBER], numbers.filter(~is_kept)))
        self._rejected.add(_with_case(faults, rows, readable))
        self._issues.add(_with_case(issues, rows, readable))
        self._faulty.append(numbers.filter(~is_sound))
        self._copies.append(numbers.filter(is_copy))
        accepted = rows.typed if is_kept.all() else rows.typed.filter(is_kept)
        self._read += numbers.len()
        self._accepted += accepted.height
        return accepted

    def finish(self, again: Iterable[pl.DataFrame]) -> Accounted:
        """Judge what only shows in all rows together.

        Args:
            again: Goes through the rows once more, if that is needed.

        Raises:
            RejectedFileError: A spreadsheet exchanged day and month in a part of a date column.
        """
        self._swaps.require_none()
        conflicts = self._conflicts(again)
        contradicted = conflicts[ROW_NUMBER]
        faulty, copies = pl.concat(self._faulty), pl.concat(self._copies)
        copies = copies.filter(~_among(copies, contradicted))
        unsound = pl.concat([faulty, contradicted]).unique()
        gone = _among(contradicted, pl.concat([faulty, *self._copies]))
        withdrawn = contradicted.filter(~gone)
        accepted = self._accepted - withdrawn.len()
        counted = accepted + unsound.len() + copies.len()
        assert counted == self._read, "every row is accepted, rejected or a duplicate"
        nothing = conflicts.clear()
        return Accounted(
            Lines(self._rejected, conflicts, nothing[ROW_NUMBER]),
            Lines(self._issues, nothing, withdrawn),
            withdrawn,
            rows_read=self._read,
            rows_accepted=accepted,
            rows_rejected=unsound.len(),
            rows_duplicate=copies.len(),
        )

    def close(self) -> None:
        """Let go of the lines."""
        self._rejected.close()
        self._issues.close()

    def _conflicts(self, again: Iterable[pl.DataFrame]) -> pl.DataFrame:
        """Lines about rows that contradict one another, also where they have other faults."""
        torn, data = self._repeats.torn, self._contract.data
        if torn.is_empty():
            return pl.DataFrame(schema=LINE_SCHEMA | {CASE_ID: pl.String})
        found = []
        for raw in again:
            typed = self.cast(raw).typed
            found.append(typed.filter(_among(self._repeats.hashes(typed), torn)))
        typed = pl.concat(found)
        return conflict_lines(find_conflicts(typed, readable_keys(typed, data), data), data)


def cast_rows(raw: pl.DataFrame, contract: Contract, extracted_on: date | None) -> Rows:
    """Cast all columns.

    Args:
        raw: Declared columns as text under canonical names, and `ROW_NUMBER`.
        contract: The source's contract.
        extracted_on: The extract's date; None leaves out what is compared with it.
    """
    data = contract.data
    # In one chunk: otherwise whatever looks at the rows puts the chunks of all columns in line.
    raw = raw.rechunk()
    # One column after the other: meanwhile the next rows are read and the last ones written.
    casts = {
        column.name: cast_column(raw[column.name], column, contract)
        for column in data.columns
        if column.name in raw.columns
    }
    columns = [_column(column, raw.height, casts, contract) for column in data.columns]
    return Rows(contract, raw, pl.DataFrame([*columns, raw[ROW_NUMBER]]), casts, extracted_on)


def _column(column: Column, height: int, casts: dict[str, Cast], contract: Contract) -> pl.Series:
    """A column of the dataset: cast, constant, derived, or empty where the file lacks it."""
    rule = contract.columns.get(column.name)
    if column.name in casts:
        return casts[column.name].values.alias(column.name)
    if rule is not None and rule.from_ in casts:
        # A date that cannot be read is there all the same: the case is over, its day unknown.
        origin = casts[rule.from_]
        is_there = origin.values.is_not_null() | origin.unread
        chosen = pl.when(is_there).then(pl.lit(rule.present)).otherwise(pl.lit(rule.absent))
        derived = pl.select(chosen.alias(column.name)).to_series()
        return derived == "true" if column.type == "bool" else derived
    constant = contract.constant_of(column.name)
    return pl.Series(column.name, [constant], TYPES[column.type]).new_from_index(0, height)


def _among(values: pl.Series, found: pl.Series) -> pl.Series:
    """Which values are among those found, of which there mostly are none."""
    if found.is_empty():
        return pl.repeat(False, values.len(), eager=True)
    return values.is_in(found.implode())


def _with_case(lines: pl.DataFrame, rows: Rows, readable: pl.Series) -> pl.DataFrame:
    """Name the case of each line, where its key can be read, and sort by row."""
    is_named = readable & _among(rows.typed[ROW_NUMBER], lines[ROW_NUMBER])
    names = rows.typed.filter(is_named).select(ROW_NUMBER, case_id(rows.contract.data))
    named = lines.join(names, on=ROW_NUMBER, how="left", maintain_order="left")
    return named.sort(ROW_NUMBER, maintain_order=True)
