"""Makes `raw` and `ops` of the working database agree with the accounts and files under raw/.

What an extract is, which one supersedes which and what its rows look like was settled when it was
read; here its account enters or leaves, and its rows are shown to the models. One transaction: a
load that dies has not happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.contracts.datasets import DATASETS
from pipelines.contracts.model import Contract
from pipelines.settings import Settings
from pipelines.warehouse.accounts import read_accounts
from pipelines.warehouse.connect import literal
from pipelines.warehouse.merging import REFERENCES, plan
from pipelines.warehouse.raw_files import UnreadableExtractError, require_lines, require_rows
from pipelines.warehouse.schemas import OPS, create_schemas, transaction
from pipelines.warehouse.transform import project_fingerprint

_READ_FIRST = f"""
    select extract_id from entering_rows
    union
    select extract_id from fresh_extract_log
    where dataset in ({", ".join(map(literal, REFERENCES))})
"""
"""What enters, and the lists that others are read by: they are copied whole each time."""


@dataclass(frozen=True)
class LoadOutcome:
    """What a load did.

    Attributes:
        has_news: Something differs from before, were it only the account of a file.
        inserted: Rows of extracts that entered, by dataset.
        deleted: Rows of extracts that left, by dataset.
        rows: Rows of all loaded extracts, by dataset; all datasets.
        anew: Datasets whose tables the models build anew, from all their extracts.
    """

    has_news: bool
    inserted: Mapping[str, int] = field(default_factory=dict)
    deleted: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    anew: tuple[str, ...] = ()


def load(
    settings: Settings, con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]
) -> LoadOutcome:
    """Bring the working database up to the accounts on disk.

    With news the stamp of the last publication is taken off: what is there now was never published.

    Args:
        settings: Names the folder of the raw files.
        con: The working database, open for writing.
        contracts: The contracts in force, by source.

    Raises:
        UnreadableExtractError: A file that has to be loaded is missing, damaged or does not hold
            the rows of its account. Nothing was changed.
        RunError: An account cannot be read. Nothing was changed.
    """
    create_schemas(con)
    with transaction(con):
        read_accounts(settings, con)
        _find_changes(con)
        require_rows(settings, con, _READ_FIRST)
        deleted, inserted = _count(con, "leaving_rows"), _count(con, "entering_rows")
        anew = plan(settings, con, project_fingerprint(settings))
        require_rows(settings, con, "select extract_id from ops.pending")
        _replace_lines(settings, con, "rejected_rows", "rejected")
        _replace_lines(settings, con, "ingest_issues", "issues")
        require_lines(con)
        _stage_sources(con, contracts)
        rows = dict.fromkeys(DATASETS, 0) | _count(con, "loaded_rows")
        has_news = any([_replace(con, "extract_log"), _replace(con, "sources")])
        if has_news:
            con.execute("delete from ops.publication")
    return LoadOutcome(has_news, inserted, deleted, rows, anew)


def write_run(
    con: duckdb.DuckDBPyConnection, *, as_of: date, run_at: datetime, run_id: str
) -> None:
    """Set the facts of the run that the models read, before they are built.

    The stamp of the last publication is taken off: what is built next was never published.
    """
    with transaction(con):
        con.execute("delete from ops.run")
        con.execute("insert into ops.run values (?, ?, ?)", [as_of, run_at, run_id])
        con.execute("delete from ops.publication")


def _find_changes(con: duckdb.DuckDBPyConnection) -> None:
    """List what leaves and what enters: of all accounts, and of those with rows in `raw`.

    A file that was read again got a new time, or a new version of its contract: it does both.
    """
    reading = "extract_id, source, dataset, contract_version, loaded_at, rows_accepted"
    for name, condition in {"accounts": "true", "rows": "status = 'loaded'"}.items():
        before = f"select {reading} from ops.extract_log where {condition}"
        after = f"select {reading} from fresh_extract_log where {condition}"
        con.execute(f"create or replace temp table leaving_{name} as {before} except {after}")
        con.execute(f"create or replace temp table entering_{name} as {after} except {before}")
    con.execute(
        "create or replace temp view loaded_rows as from fresh_extract_log where status = 'loaded'"
    )


def _count(con: duckdb.DuckDBPyConnection, extracts: str) -> dict[str, int]:
    """Rows of the extracts that a temporary table lists, by dataset."""
    query = f"select dataset, sum(rows_accepted)::bigint from {extracts} group by all order by all"
    return dict(con.execute(query).fetchall())


def _replace_lines(
    settings: Settings, con: duckdb.DuckDBPyConnection, table: str, kind: str
) -> None:
    """Exchange the lines of one kind that changed extracts left beside their accounts."""
    con.execute(
        f"delete from ops.{table} where extract_id in (select extract_id from leaving_accounts)"
    )
    extracts = con.execute("select source, extract_id from entering_accounts").fetchall()
    paths = [
        settings.raw / source / "accounts" / f"{extract_id}.{kind}.ndjson"
        for source, extract_id in extracts
    ]
    present = [str(path) for path in paths if path.exists()]
    if not present:
        return
    columns = ", ".join(f"{name}: '{type_}'" for name, type_ in OPS[table].items())
    statement = f"""
        insert into ops.{table} by name
        select * from read_json(?, columns = {{{columns}}}, format = 'newline_delimited')
    """
    try:
        con.execute(statement, [present])
    except duckdb.Error as error:
        raise UnreadableExtractError(dict(_unreadable_lines(con, present))) from error


def _unreadable_lines(
    con: duckdb.DuckDBPyConnection, paths: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The extracts whose lines cannot be read, each with a sentence."""
    for path in paths:
        with con.cursor() as probe:
            try:
                probe.execute("from read_json(?, format = 'newline_delimited')", [path]).fetchall()
            except duckdb.Error as error:
                reason = str(error).splitlines()[0]
                yield Path(path).name.partition(".")[0], f"{path} cannot be read: {reason}"


def _stage_sources(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    con.execute("create or replace temp table fresh_sources as from ops.sources limit 0")
    fields = ["version" if name == "contract_version" else name for name in OPS["sources"]]
    rows = [[getattr(contract, name) for name in fields] for contract in contracts.values()]
    if rows:
        marks = ", ".join("?" for _ in fields)
        con.executemany(f"insert into fresh_sources values ({marks})", rows)


def _replace(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Put the staged rows in the place of the table's, if they differ."""
    fresh, stored = f"select * from fresh_{table}", f"select * from ops.{table}"
    query = f"select exists (({fresh} except {stored}) union all ({stored} except {fresh}))"
    row = con.execute(query).fetchone()
    if row is None or not row[0]:
        return False
    con.execute(f"delete from ops.{table}")
    con.execute(f"insert into ops.{table} {fresh}")
    return True
