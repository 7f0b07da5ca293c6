"""Casts a file's rows and accounts for every one: accepted, rejected with reasons, or a duplicate.

A row with any fault is rejected, with one line per fault. Of identical repeats among the rest the
first is accepted and the others are duplicates. Nothing else happens to a row, which is asserted.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.contracts.datasets import Column
from pipelines.contracts.model import Contract
from pipelines.extracts.layout.headers import ROW_NUMBER
from pipelines.extracts.rows.cast import TYPES, Cast, cast_column
from pipelines.extracts.rows.repeats import case_id, find_repeats, readable_keys
from pipelines.extracts.rows.rowchecks import Rows, conflict_lines, find_faults, find_issues
from pipelines.extracts.rows.swapped import require_unswapped


@dataclass(frozen=True)
class Accounted:
    """What became of the rows of one file.

    Attributes:
        accepted: Every column of the dataset, typed, and `ROW_NUMBER`.
        rejected: One line per fault: row, code, column, raw value, reason, case.
        issues: One line per oddity of an accepted row, shaped alike.
        rows_read: Rows in the file, blank ones left out.
        rows_rejected: Rows with a fault.
        rows_duplicate: Identical repeats beyond the first.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    issues: pl.DataFrame
    rows_read: int
    rows_rejected: int
    rows_duplicate: int

    @property
    def rows_accepted(self) -> int:
        """Rows that go on."""
        return self.accepted.height


def account(raw: pl.DataFrame, contract: Contract, extracted_on: date | None) -> Accounted:
    """Cast and judge all rows of a file.

    Args:
        raw: Declared columns as text under canonical names, and `ROW_NUMBER`.
        contract: The source's contract.
        extracted_on: The extract's date; None leaves out what is compared with it.

    Raises:
        RejectedFileError: A spreadsheet exchanged day and month in a part of a date column.
    """
    data = contract.data
    present = [column for column in data.columns if column.name in raw.columns]
    # Columns side by side: Polars works on one series with one thread, and outside Python's lock.
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        done = pool.map(lambda column: cast_column(raw[column.name], column, contract), present)
        casts = {column.name: cast for column, cast in zip(present, done, strict=True)}
    require_unswapped(raw, casts, present, contract)
    columns = [_column(column, raw.height, casts, contract) for column in data.columns]
    typed = pl.DataFrame([*columns, raw[ROW_NUMBER]])
    return _judge(Rows(contract, raw, typed, casts, extracted_on))


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


def _judge(rows: Rows) -> Accounted:
    data = rows.contract.data
    readable = readable_keys(rows.typed, data)
    repeats = find_repeats(rows.typed, readable, data)
    rejected = pl.concat([find_faults(rows), conflict_lines(rows, repeats.conflicts)])
    faulty = rejected[ROW_NUMBER].unique()
    sound = repeats.identical.filter(~pl.col(ROW_NUMBER).is_in(faulty.implode()))
    copies = sound.filter(pl.int_range(pl.len()).over(list(data.key)) > 0)[ROW_NUMBER]
    accepted, issues = rows.typed, find_issues(rows)
    if gone := faulty.len() + copies.len():
        is_gone = pl.col(ROW_NUMBER).is_in(pl.concat([faulty, copies]).implode())
        accepted, issues = accepted.filter(~is_gone), issues.filter(~is_gone)
    read = rows.typed.height
    assert accepted.height + gone == read, "every row is accepted, rejected or a duplicate"
    return Accounted(
        accepted,
        _with_case(rejected, rows, readable),
        _with_case(issues, rows, readable),
        rows_read=read,
        rows_rejected=faulty.len(),
        rows_duplicate=copies.len(),
    )


def _with_case(lines: pl.DataFrame, rows: Rows, readable: pl.Series) -> pl.DataFrame:
    """Name the case of each line, where its key can be read, and sort by row."""
    is_named = readable & rows.typed[ROW_NUMBER].is_in(lines[ROW_NUMBER].unique().implode())
    names = rows.typed.filter(is_named).select(ROW_NUMBER, case_id(rows.contract.data))
    named = lines.join(names, on=ROW_NUMBER, how="left", maintain_order="left")
    return named.sort(ROW_NUMBER, maintain_order=True)
