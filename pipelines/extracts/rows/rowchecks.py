"""The faults of single rows, found column by column: one line per fault.

Each check gives lines of `LINE_SCHEMA`; whether a row is kept is decided from all of them in
`account.py`. Local dates are compared, never clock times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.contracts.datasets import Column, ColumnType, Dataset
from pipelines.contracts.model import Contract
from pipelines.extracts.layout.headers import OVERFLOW, ROW_NUMBER
from pipelines.extracts.rows.cast import Cast

RAW_VALUE_LENGTH = 80
LINE_SCHEMA = {
    ROW_NUMBER: pl.Int64,
    "code": pl.String,
    "column_name": pl.String,
    "raw_value": pl.String,
    "reason": pl.String,
}
_READABLE: Mapping[ColumnType, str] = {
    "text": "text",
    "int": "a whole number",
    "bool": "yes or no (Có, x, 1 or Không, 0)",
    "instant": "a date or a date with a time (dd/MM/yyyy HH:mm:ss)",
    "date": "a date (dd/MM/yyyy)",
    "month": "a month (YYYY-MM or MM/YYYY)",
}


@dataclass(frozen=True)
class Rows:
    """Some rows of one file, three ways.

    Attributes:
        contract: The source's contract.
        raw: The declared columns as text, as in the file, and `ROW_NUMBER`.
        typed: Every column of the dataset, cast, and `ROW_NUMBER`.
        casts: How each column of the file was cast.
        extracted_on: The extract's date, when known.
    """

    contract: Contract
    raw: pl.DataFrame
    typed: pl.DataFrame
    casts: Mapping[str, Cast]
    extracted_on: date | None

    def lines(
        self,
        where: pl.Series,
        code: str,
        name: str,
        reason: pl.Expr,
        other: pl.Series | None = None,
    ) -> pl.DataFrame:
        """One line for each row where `where` holds.

        Args:
            where: One truth value per row.
            code: The fault.
            name: The column it is about.
            reason: The sentence, made of the line's `raw_value` and `other`.
            other: One value per row for the sentence.
        """
        if not where.any():
            return pl.DataFrame(schema=LINE_SCHEMA)
        raw = self.raw[name] if name in self.raw.columns else self.typed[name].cast(pl.String)
        columns = {ROW_NUMBER: self.raw[ROW_NUMBER], "raw_value": raw}
        frame = pl.DataFrame(columns if other is None else {**columns, "other": other})
        # In one chunk: Polars 2.1 panics where it formats texts that lie in several, some empty.
        return (
            frame.filter(where)
            .rechunk()
            .with_columns(pl.col("raw_value").str.slice(0, RAW_VALUE_LENGTH))
            .select(
                ROW_NUMBER,
                code=pl.lit(code),
                column_name=pl.lit(name),
                raw_value="raw_value",
                reason=reason,
            )
        )


def find_faults(rows: Rows) -> pl.DataFrame:
    """Every line that keeps a row out, conflicting keys left aside."""
    found = [*_value_faults(rows), *_order_faults(rows), *_overflow_faults(rows)]
    return pl.concat([pl.DataFrame(schema=LINE_SCHEMA), *found])


def find_issues(rows: Rows) -> pl.DataFrame:
    """Every line about a row that may stay: unreadable optional values and strange dates."""
    found = [*_unread_optional(rows), *_strange_dates(rows)]
    return pl.concat([pl.DataFrame(schema=LINE_SCHEMA), *found])


def conflict_lines(conflicts: pl.DataFrame, data: Dataset) -> pl.DataFrame:
    """One line, with its `case_id`, per row whose key stands elsewhere with other values."""
    reason = pl.format(
        "The key {} stands in rows {} with different {}: keep the right one.",
        "case_id",
        "rows",
        "differing",
    )
    return conflicts.rechunk().select(
        ROW_NUMBER,
        code=pl.lit("DUP_KEY"),
        column_name=pl.lit(", ".join(data.key)),
        raw_value=pl.col("case_id").str.slice(0, RAW_VALUE_LENGTH),
        reason=reason,
        case_id="case_id",
    )


def _value_faults(rows: Rows) -> Iterator[pl.DataFrame]:
    for column in rows.contract.data.columns:
        cast = rows.casts.get(column.name)
        required = is_required(rows.contract, column)
        if cast is not None and (required or column.codes) and cast.unread.any():
            yield _unread_lines(rows, column, cast)
        if required and (values := rows.typed[column.name]).null_count():
            empty = values.is_null() & ~_may_lack(rows, column)
            missing = empty & ~cast.unread if cast is not None else empty
            reason = pl.lit(f"{_named(column)} is empty: every row needs a value.")
            yield rows.lines(missing, "MISSING_REQUIRED", column.name, reason)


def _unread_lines(rows: Rows, column: Column, cast: Cast) -> pl.DataFrame:
    if column.codes:
        code = "UNMAPPED_STATUS" if column.name == "status" else "UNMAPPED_VALUE"
        reason = pl.format(
            "{} has the value {}, which is no label of the contract: add it there under "
            "columns.{}.values, or correct the row.",
            pl.lit(_named(column)),
            _quoted(),
            pl.lit(column.name),
        )
    else:
        code, reason = "UNREADABLE_REQUIRED", _unread_reason(column)
    return rows.lines(cast.unread, code, column.name, reason)


def _unread_reason(column: Column) -> pl.Expr:
    return pl.format(
        "{} has the value {}, which cannot be read as {}.",
        pl.lit(_named(column)),
        _quoted(),
        pl.lit(_READABLE[column.type]),
    )


def _order_faults(rows: Rows) -> Iterator[pl.DataFrame]:
    data = rows.contract.data
    unfinished = pl.lit(value=True)
    for name in data.completes_at:
        counts = unfinished & pl.col(name).is_not_null()
        unfinished = unfinished & pl.col(name).is_null()
        if data.begins_at is not None:
            began = pl.col(data.begins_at)
            what = f"before the day the case began ({data.begins_at})"
            is_earlier = pl.col(name).dt.date() < began.dt.date()
            yield _compared(
                rows, counts & is_earlier, "CLOSE_BEFORE_RECEIVE", name, what, began.dt.date()
            )
        if rows.extracted_on is not None:
            yield _after_extract(rows, counts, "FUTURE_CLOSE", name)


def _after_extract(rows: Rows, counts: pl.Expr, code: str, name: str) -> pl.DataFrame:
    drawn = pl.lit(rows.extracted_on, pl.Date)
    is_later = counts & (pl.col(name).dt.date() > drawn)
    return _compared(rows, is_later, code, name, "after the day of the extract", drawn)


def _compared(
    rows: Rows, where: pl.Expr, code: str, name: str, what: str, other: pl.Expr
) -> pl.DataFrame:
    found = rows.typed.select(where=where.fill_null(value=False)).to_series()
    if not found.any():
        return pl.DataFrame(schema=LINE_SCHEMA)
    others = rows.typed.select(ROW_NUMBER, other=other)["other"]
    label = _named(rows.contract.data.column(name))
    reason = pl.format("{} lies {}, {}.", pl.lit(label), pl.lit(what), "other")
    return rows.lines(found, code, name, reason, others)


def _overflow_faults(rows: Rows) -> Iterator[pl.DataFrame]:
    if OVERFLOW not in rows.raw.columns:
        return
    reason = (
        "The row has more cells than the header, so its values may stand under wrong headers: "
        "look for a delimiter inside an unquoted value."
    )
    yield rows.raw.filter(pl.col(OVERFLOW).is_not_null()).select(
        ROW_NUMBER,
        code=pl.lit("UNREADABLE_REQUIRED"),
        column_name=pl.lit(None, pl.String),
        raw_value=pl.lit(None, pl.String),
        reason=pl.lit(reason),
    )


def _unread_optional(rows: Rows) -> Iterator[pl.DataFrame]:
    for column in rows.contract.data.columns:
        cast = rows.casts.get(column.name)
        if cast is None or column.codes or is_required(rows.contract, column):
            continue
        if cast.unread.any():
            yield rows.lines(cast.unread, "UNREADABLE_VALUE", column.name, _unread_reason(column))


def _strange_dates(rows: Rows) -> Iterator[pl.DataFrame]:
    data = rows.contract.data
    due = rows.casts.get(data.due_at or "")
    if data.due_at is not None and due is not None and due.sentinel.any():
        reason = pl.format("The deadline {} stands for none.", _quoted())
        yield rows.lines(due.sentinel, "SENTINEL_DUE", data.due_at, reason)
    if data.begins_at is not None and rows.extracted_on is not None:
        yield _after_extract(rows, pl.lit(value=True), "FUTURE_RECEIVE", data.begins_at)


def is_required(contract: Contract, column: Column) -> bool:
    """Whether the dataset or the contract asks for a value in every row."""
    rule = contract.columns.get(column.name)
    return column.is_required or (rule is not None and rule.required)


def _may_lack(rows: Rows, column: Column) -> pl.Series:
    data = rows.contract.data
    if column.name != data.begins_at or not data.may_lack_begin:
        return pl.Series([False]).new_from_index(0, rows.typed.height)
    return rows.typed["status"].is_in(sorted(data.may_lack_begin)).fill_null(value=False)


def _named(column: Column) -> str:
    return f"{column.label_vi} ({column.name})"


def _quoted() -> pl.Expr:
    return pl.format('"{}"', pl.col("raw_value"))
