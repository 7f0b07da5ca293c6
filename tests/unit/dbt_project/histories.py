"""Small histories of cases, written straight into the raw tables of a working database.

Ingest has tests of its own. Here a case is what its source's extracts say of it, one after the
other; an extract that says nothing new repeats the last row, as a full extract does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

Row = Mapping[str, object]

AS_OF = date(2022, 4, 15)
EXTRACTS = (date(2022, 3, 12), date(2022, 3, 31), AS_OF)
FIRST, SECOND, THIRD = range(3)


@dataclass(frozen=True)
class History:
    """What the extracts say of one case.

    Attributes:
        dataset: Its canonical dataset, which is its source's name too.
        base: Column values that all rows share.
        changes: By number of the extract, the values that differ from then on.
        until: The last extract that lists it.
    """

    dataset: str
    base: Row
    changes: Mapping[int, Row] = field(default_factory=lambda: {THIRD: {}})
    until: int = THIRD

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Every row, with the number of its extract."""
        state: Row = self.base
        for extract in range(min(self.changes), self.until + 1):
            state = {**state, **self.changes.get(extract, {})}
            yield extract, state


def write_extracts(
    connection: duckdb.DuckDBPyConnection, source: str, *, cadence: str, dataset: str | None = None
) -> None:
    """Log the three full extracts of a source."""
    log = "insert into ops.extract_log by name select " + ", ".join(
        [
            "? as extract_id, ? as source, ? as dataset, ? as file_name, ?::date as extracted_on",
            "100 as rows_read, 100 as rows_accepted, 0 as rows_rejected, 0 as rows_duplicate",
            "'loaded' as status, 'full' as mode, ? as arrival_no, now() as loaded_at",
        ]
    )
    for number, day in enumerate(EXTRACTS):
        name = f"{source}-{number}"
        connection.execute(log, [name, source, dataset or source, name, day, number])
    connection.execute(
        "insert into ops.sources by name select ? as source, ? as dataset, 'full' as mode,"
        " 'date' as precision, ? as cadence",
        [source, dataset or source, cadence],
    )


def write_histories(connection: duckdb.DuckDBPyConnection, histories: Sequence[History]) -> None:
    """Write every row of the histories into the raw tables."""
    row_number = 1
    for history in histories:
        for extract, row in history.rows():
            row_number += 1
            lineage = {
                "_source": history.dataset,
                "_extract_id": f"{history.dataset}-{extract}",
                "_extracted_on": EXTRACTS[extract],
                "_row_number": row_number,
            }
            insert(connection, f"raw.{history.dataset}", {**row, **lineage})


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
    """Insert one row; columns it does not name are null."""
    names = ", ".join(row)
    marks = ", ".join("?" for _ in row)
    connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def write_crowd(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """Write many dossiers of every fate, by drawing lots from the hash of their number.

    Deadlines lie within a few days of the ends of months and of the as-of date, where rules about
    periods differ; some pause, some are withdrawn, some lack a date, some are exempt.
    """
    write_extracts(connection, "crowd", cadence="daily", dataset="dossiers")
    connection.execute(
        """
        insert into raw.dossiers by name
        with

        lots as (
            select
                range as number,
                (hash(range) % 97)::int as a,
                (hash(range + 1000003) % 89)::int as b,
                (hash(range + 2000003) % 83)::int as c,
                (hash(range + 3000017) % 79)::int as d
            from range(?)
        ),

        fates as (
            select
                *,
                timestamp '2022-01-03' + to_days(a) as begun_at,
                timestamp '2022-01-03' + to_days(a + 3 + b % 40) as promised_at,
                timestamp '2022-01-03' + to_days(a + c % 60) as ended_at,
                timestamp '2022-01-03' + to_days(a + 1 + d % 30) as asked_at
            from lots
        ),

        extracts as (
            select extracted_on, arrival_no as extract_no
            from ops.extract_log
            where source = 'crowd'
        )

        select
            'crowd-' || number as dossier_id,
            'U' || number % 5 as unit_id,
            if(number % 3 = 0, 'ppc', 'department') as authority,
            if(number % 4 = 0, 'counter', 'online') as channel,
            if(number % 7 = 0, 'level_2', 'level_4') as service_level,
            begun_at as received_at,
            if(d % 11 = 0, null, promised_at) as due_at,
            d % 22 = 0 as deadline_exempt,
            case when ended_at::date <= extracted_on and d % 13 <> 0 then ended_at end
                as completed_at,
            case
                when ended_at::date > extracted_on and c % 4 = 0 and asked_at::date <= extracted_on
                    then 'suspended'
                when ended_at::date > extracted_on then 'processing'
                when b % 9 = 0 then 'withdrawn'
                else 'delivered'
            end as status,
            case when c % 4 = 1 and asked_at::date <= extracted_on then asked_at end
                as supplement_requested_at,
            case
                when c % 8 = 1 and asked_at::date + 9 <= extracted_on then asked_at + to_days(9)
            end as supplement_received_at,
            if(number % 6 = 0, null, d % 3) as supplement_count,
            if(number % 10 = 0, false, true) as handled_electronically,
            'crowd' as _source,
            'crowd-' || extract_no as _extract_id,
            extracted_on as _extracted_on,
            number + 2 as _row_number
        from fates
        cross join extracts
        where begun_at::date <= extracted_on
        """,
        [size],
    )
