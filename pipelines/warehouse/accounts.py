"""Reads the accounts of all extracts from disk into one temporary table, ready to be compared.

The accounts are written when extracts are read; this module knows only their field names. There
may be tens of thousands of them, so DuckDB parses them all at once.
"""

from __future__ import annotations

import json

import duckdb

from pipelines.errors import RunError
from pipelines.settings import Settings
from pipelines.warehouse.schemas import OPS

_FIELDS = {name: type_ for name, type_ in OPS["extract_log"].items() if name != "arrival_no"}
_ARRIVAL = {"mtime_ns": "BIGINT", "is_current": "BOOLEAN"}
_STRUCTURE = json.dumps(_FIELDS | _ARRIVAL | {"rows_sha256": "VARCHAR"})


def read_accounts(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    """Fill the temporary table `fresh_extract_log`, shaped like `ops.extract_log`.

    Beside it `fresh_accounts` has every account with the hash of its rows, if one was kept, and
    `looked_at` the extracts whose files were found to be what was written: none so far.

    Extracts are numbered in the order of their arrival: by the first run that saw them, then by
    modification time, then by name; of one file that was dated twice the current dating is last.

    Raises:
        RunError: An account is no JSON object.
    """
    _stage_files(settings, con)
    columns = ", ".join(OPS["extract_log"])
    con.execute(
        """
        create or replace temp table fresh_accounts as
        select unnest(from_json(content, ?)) from account_files
        """,
        [_STRUCTURE],
    )
    con.execute("create or replace temp table looked_at (extract_id varchar)")
    query = f"""
        create or replace temp table fresh_extract_log as
        with numbered as (
            select
                *,
                row_number() over (
                    order by first_seen_at, mtime_ns, file_name, is_current, extract_id
                ) as arrival_no,
            from fresh_accounts
        )
        select {columns} from numbered
    """
    con.execute(query)


def _stage_files(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    paths = list(settings.raw.glob("*/accounts/*.json"))
    # Python opens thousands of small files several times faster than DuckDB's read_text does.
    contents = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    con.execute(
        """
        create or replace temp table account_files as
        select unnest(?::varchar[]) as path, unnest(?::varchar[]) as content
        """,
        [[str(path) for path in paths], contents],
    )
    query = """
        select path from account_files
        where json_type(try_cast(content as json)) is distinct from 'OBJECT'
        order by path
    """
    damaged = [str(path) for (path,) in con.execute(query).fetchall()]
    if damaged:
        raise RunError(
            f"Damaged accounts of extracts: {', '.join(damaged)}. Run `qo nightly`: their files "
            "are then read again from landing/."
        )
