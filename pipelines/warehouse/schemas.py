"""The tables that the pipeline itself keeps in the working database, beside those that dbt builds.

`raw` shows the accepted rows that the models still have to merge, one view on raw files per
canonical dataset; `ops` holds the accounts and the facts of the run, `memory` what cannot be
computed again. Everything in `ops` can be loaded again from the raw files, so a table whose shape
is no longer the one described here is made anew. No table has a key or an index: DuckDB's can lose
rows, and uniqueness is a dbt test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

import duckdb

from pipelines.contracts.datasets import DATASETS, Dataset
from pipelines.warehouse.connect import identifier, literal

SQL_TYPES = MappingProxyType(
    {
        "text": "VARCHAR",
        "int": "BIGINT",
        "bool": "BOOLEAN",
        "instant": "TIMESTAMP",
        "date": "DATE",
        "month": "VARCHAR",
    }
)
LINEAGE = MappingProxyType(
    {
        "_source": "VARCHAR",
        "_extract_id": "VARCHAR",
        "_extracted_on": "DATE",
        "_row_number": "BIGINT",
    }
)


def _columns(text: str) -> Mapping[str, str]:
    words = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return MappingProxyType({name: type_.strip().upper() for name, type_ in words})


OPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "extract_log": _columns("""
            extract_id varchar
            source varchar
            dataset varchar
            file_name varchar
            sha256 varchar
            size_bytes bigint
            extracted_on date
            rows_read bigint
            rows_accepted bigint
            rows_rejected bigint
            rows_duplicate bigint
            status varchar
            error varchar
            loaded_at timestamp with time zone
            mode varchar
            contract_version varchar
            first_seen_at timestamp with time zone
            arrival_no bigint
            period_start date
            period_end date
        """),
        "rejected_rows": _columns("""
            extract_id varchar
            source varchar
            file_name varchar
            row_number bigint
            reason varchar
            code varchar
            case_id varchar
            column_name varchar
            raw_value varchar
        """),
        "ingest_issues": _columns("""
            extract_id varchar
            source varchar
            dataset varchar
            issue_code varchar
            case_id varchar
            row_number bigint
            column_name varchar
            raw_value varchar
            detail varchar
        """),
        "sources": _columns("""
            source varchar
            dataset varchar
            mode varchar
            precision varchar
            timezone varchar
            cadence varchar
            contract_version varchar
        """),
        "pending": _columns("""
            extract_id varchar
            dataset varchar
        """),
        "batch": _columns("""
            batch_no bigint
        """),
        "built_from": _columns("""
            name varchar
            fingerprint varchar
        """),
        "run": _columns("""
            as_of date
            run_at timestamp with time zone
            run_id varchar
        """),
        "publication": _columns("""
            published_at timestamp with time zone
            as_of date
            run_id varchar
        """),
    }
)
"""Accounts of every extract, and what the next build of the models has to do.

`pending` lists the extracts whose rows no published build has merged yet, and `batch` (one row)
numbers what is merged together; `built_from` says of which models, units and procedures the tables
were built. `run` and `publication` have one row each, the run at work and the edition stamped;
`publication` is empty while the database holds something that no stamp covers yet.
"""

_FIGURE = """
    measure_id varchar
    scope varchar
    basis varchar
    unit_id varchar
    period_grain varchar
    period_start date
"""
MEMORY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "published_figures": _columns("""
            decision_id varchar
            objective_no integer
            measure_id varchar
            measure_name_vi varchar
            measure_name_en varchar
            scope varchar
            basis varchar
            is_headline boolean
            period_grain varchar
            period_start date
            period_end date
            evaluated_on date
            is_closed_period boolean
            numerator bigint
            denominator bigint
            rate double
            target double
            comparator varchar
            verdict varchar
            is_conclusive boolean
            rate_low double
            rate_high double
            missing_deadline_count bigint
            missing_completion_count bigint
            exempt_count bigint
            suspended_count bigint
            undecided_count bigint
            excluded_count bigint
            failures_left bigint
            as_of date
            published_at timestamp with time zone
        """),
        "restatements": _columns(
            _FIGURE
            + """
            previously_published_at timestamp with time zone
            numerator_before bigint
            denominator_before bigint
            numerator_after bigint
            denominator_after bigint
            published_at timestamp with time zone
        """
        ),
        "restatement_cases": _columns(
            _FIGURE
            + """
            case_id varchar
            treatment_before varchar
            treatment_after varchar
            column_name varchar
            value_before varchar
            value_after varchar
            published_at timestamp with time zone
        """
        ),
    }
)
"""Every row belongs to the edition that is named by its `published_at`."""


def raw_columns(dataset: Dataset) -> Mapping[str, str]:
    """Columns of the dataset's raw files with their SQL types, lineage last."""
    return {column.name: SQL_TYPES[column.type] for column in dataset.columns} | dict(LINEAGE)


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the `with` block did, all of it or nothing."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def change(con: duckdb.DuckDBPyConnection, statement: str, values: Sequence[object] = ()) -> int:
    """Run an insert, update or delete and return how many rows it touched."""
    row = con.execute(statement, list(values)).fetchone()
    return 0 if row is None else int(row[0])


def create_schemas(con: duckdb.DuckDBPyConnection) -> None:
    """Make `ops`, `memory` and `raw` have what is described here; idempotent.

    If an account's table had another shape (the software was upgraded), the log is emptied, so that
    the next load brings every extract again. Memory is only ever widened.
    """
    with transaction(con):
        for schema in ("raw", "ops", "memory"):
            con.execute(f"create schema if not exists {schema}")
        _make_ops(con)
        _make_raw(con)
        present = columns_of(con, "memory")
        for table, columns in MEMORY.items():
            if not columns.keys() <= present.get(table, {}).keys():
                widen_memory(con, table, columns)


def widen_memory(con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    """Make a memory table have at least these columns; new ones are empty in the rows it has."""
    present = columns_of(con, "memory").get(table)
    if present is None:
        _make_anew(con, "memory", table, columns)
        return
    for name, type_ in columns.items():
        if name not in present:
            con.execute(f"alter table memory.{table} add column {identifier(name)} {type_}")


def columns_of(
    con: duckdb.DuckDBPyConnection, schema: str, database: str | None = None
) -> dict[str, dict[str, str]]:
    """Columns, with their SQL types and in order, of every table and view of a schema."""
    query = """
        select
            table_name,
            list(column_name order by column_index),
            list(data_type order by column_index),
        from duckdb_columns()
        where database_name = coalesce(?, current_database()) and schema_name = ?
        group by table_name
    """
    found = con.execute(query, [database, schema]).fetchall()
    return {table: dict(zip(names, types, strict=True)) for table, names, types in found}


def _make_ops(con: duckdb.DuckDBPyConnection) -> None:
    """Make the accounts' tables; if one had another shape all are emptied: they belong together."""
    present = columns_of(con, "ops")
    if not all(_is_alike(present.get(table), columns) for table, columns in OPS.items()):
        for table, columns in OPS.items():
            _make_anew(con, "ops", table, columns)


def _make_raw(con: duckdb.DuckDBPyConnection) -> None:
    present = columns_of(con, "raw")
    for name, dataset in DATASETS.items():
        if not _is_alike(present.get(name), raw_columns(dataset)):
            show_rows(con, name, [])


def show_rows(
    con: duckdb.DuckDBPyConnection, dataset: str, paths: Sequence[str], *, copied: bool = False
) -> None:
    """Let `raw.<dataset>` show the rows of some raw files; of none, no rows.

    Args:
        con: The working database, open for writing.
        dataset: The dataset of the files.
        paths: The files.
        copied: Copy the rows into a table, which is good without the files too.

    Raises:
        duckdb.Error: A file is missing or no Parquet file.
    """
    name, columns = identifier(dataset), raw_columns(DATASETS[dataset])
    if paths:
        files = ", ".join(map(literal, paths))
        query = f"select * from read_parquet([{files}], hive_partitioning = false)"
    else:
        nothing = ", ".join(f"null::{type_} as {identifier(col)}" for col, type_ in columns.items())
        query = f"select {nothing} where false"
    kind = "table" if copied else "view"
    found = "select table_type from information_schema.tables where (table_schema, table_name) = "
    row = con.execute(f"{found} ('raw', ?)", [dataset]).fetchone()
    if row is not None and (row[0] == "VIEW") == copied:
        con.execute(f"drop {'view' if copied else 'table'} raw.{name}")
    con.execute(f"create or replace {kind} raw.{name} as {query}")


def _is_alike(present: Mapping[str, str] | None, columns: Mapping[str, str]) -> bool:
    return present is not None and list(present.items()) == list(columns.items())


def _make_anew(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, columns: Mapping[str, str]
) -> None:
    declared = ", ".join(f"{identifier(name)} {type_}" for name, type_ in columns.items())
    con.execute(f"create or replace table {schema}.{identifier(table)} ({declared})")
