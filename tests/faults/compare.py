"""Whether two warehouses hold the same, table by table, but for when and by which run."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb

from pipelines.warehouse.connect import literal

STAMPS = frozenset(
    {
        "published_at",
        "previously_published_at",
        "loaded_at",
        "first_seen_at",
        "run_at",
        "run_id",
    }
)
SCHEMAS = ("marts", "ops", "memory")
IN_ORDER = "row_number() over (partition by source order by arrival_no)"
ARRIVAL = ("ops", "extract_log", "arrival_no")
"""What a run saw before it was killed arrived before the rest; among the files of a source, each of
which is read in its turn, that changes nothing."""
COUNTERS = frozenset({"batch"})
"""Counts the editions, of which a run that is done again may make one more."""
OF_EDITIONS = frozenset({"published_figures"})
"""Holds every edition's figures: an edition more adds the same ones again."""

_guard = threading.Lock()
"""A file that two threads open is one database, in which a name is given once."""


def differences(expected: Path, found: Path, *, stored: bool = False) -> list[str]:
    """What differs: a sentence for each table and view, none if all hold the same rows.

    Args:
        expected: A database file.
        found: Another.
        stored: Look at all that is stored, and not at what people see and what is remembered.
    """
    # Not from a database in memory: its name would be that of a schema of theirs.
    with _guard, duckdb.connect(expected, read_only=True, config={"threads": 2}) as con:
        con.execute(f"attach {literal(found)} as found (read_only)")
        [(name,)] = con.execute("select current_database()").fetchall()
        columns, others = (_columns(con, each, stored) for each in (name, "found"))
        if columns != others:
            return ["the tables or their columns differ"]
        told = (_compare(con, name, *table, names) for table, names in columns.items())
        return [sentence for sentence in told if sentence]


def _columns(
    con: duckdb.DuckDBPyConnection, database: str, stored: bool
) -> dict[tuple[str, str], list[str]]:
    query = """
        select schema_name, table_name, list(column_name order by column_index)
        from duckdb_columns()
        where database_name = $database and if(
            $stored,
            table_oid in (select table_oid from duckdb_tables() where database_name = $database),
            schema_name in (select unnest($schemas))
        )
        group by all
        order by all
    """
    asked = {"database": database, "stored": stored, "schemas": list(SCHEMAS)}
    rows = con.execute(query, asked).fetchall()
    return {(schema, name): names for schema, name, names in rows if name not in COUNTERS}


def _compare(
    con: duckdb.DuckDBPyConnection, expected: str, schema: str, table: str, columns: list[str]
) -> str | None:
    kept = ", ".join(
        IN_ORDER if (schema, table, name) == ARRIVAL else f'"{name}"'
        for name in columns
        if name not in STAMPS
    )
    one, other = (
        f"select {'distinct' if table in OF_EDITIONS else ''} {kept} from {name}.{schema}.{table}"
        for name in (expected, "found")
    )
    # Rows that are not expected follow from the counts, at half the cost of looking for them.
    query = f"""
        select
            (select count(*) from (({one}) except all ({other}))),
            (select count(*) from ({other})) - (select count(*) from ({one}))
    """
    [(missing, surplus)] = con.execute(query).fetchall()
    more = missing + surplus
    if not missing and not more:
        return None
    return f"{schema}.{table}: {missing} rows are missing, {more} are not expected"
