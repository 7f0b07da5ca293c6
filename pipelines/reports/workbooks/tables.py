"""What a sheet of a workbook holds: a table, its columns, and values that are more than text.

A list may be longer than a sheet should be; it then says so, with the query that lists everything.
How it looks is `book`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.reports.edition import Edition, Words
from pipelines.reports.numbers import MIN_DECIMALS

MAX_ROWS = 5_000
"""Rows of a list. Excel takes 1,048,576, but nobody reads or mails them; what is cut off is said,
with the query that lists everything."""


class Share(NamedTuple):
    """A rate cut to the digits that are shown."""

    value: float
    decimals: int = MIN_DECIMALS


class Mark(NamedTuple):
    """A word with a tone behind it: `good`, `bad` or `unsure`."""

    text: str
    tone: str


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading in both languages and its width in characters."""

    vi: str
    en: str
    width: float = 12


@dataclass(frozen=True)
class Table:
    """What a sheet holds.

    Attributes:
        name: Of the sheet, at most 31 characters.
        title: Of the table.
        columns: Its columns.
        rows: Values in the order of the columns.
        total: How many rows there are, where `rows` may hold fewer.
        query: Lists all of them in the published warehouse, where `rows` may hold fewer.
        notes: Lines between title and table.
    """

    name: str
    title: Words
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    total: int | None = None
    query: str = ""
    notes: Sequence[str] = ()

    @property
    def cut_off(self) -> list[str]:
        """What a reader must know of rows that are not on the sheet."""
        if not self.query:
            return []
        found = [f"Truy vấn toàn bộ · the query that lists all: {self.query}"]
        if self.total is not None and self.total > MAX_ROWS:
            found.insert(
                0,
                f"Có {self.total} dòng, ghi {MAX_ROWS} dòng đầu · "
                f"the first {MAX_ROWS} of {self.total} rows",
            )
        return found


def listing(
    edition: Edition,
    name: str,
    title: Words,
    columns: Sequence[Column],
    sql: str,
    source: str,
    **parameters: object,
) -> Table:
    """The first rows of a list that may be long.

    Args:
        edition: Where it is.
        name: Of the sheet.
        title: Of the table.
        columns: Its columns.
        sql: Selects them, at most `$shown` rows.
        source: What it lists: a mart, perhaps with a condition.
        **parameters: Further values that `sql` asks for.
    """
    [counted] = edition.rows(f"select count(*) as listed from {source}")
    return Table(
        name,
        title,
        columns,
        edition.stream(sql, {"shown": MAX_ROWS, **parameters}),
        total=counted["listed"],
        query=f"select * from {source};",
    )
