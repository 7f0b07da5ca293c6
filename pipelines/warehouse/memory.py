"""Publication memory: every scorecard ever published, and what was restated since.

It cannot be computed again from the extracts, so it has a second home: each published file carries
it. The working database may have run ahead of what was published (a run died between its stamp and
the rename) or behind it (it was deleted, or an edition was brought back); `restore` brings it in
step before a run builds on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.connect import literal
from pipelines.warehouse.schemas import (
    MEMORY,
    change,
    columns_of,
    create_schemas,
    transaction,
    widen_memory,
)
from pipelines.warehouse.snapshots import Stamp, list_snapshots, published_stamp

_EDITION = "previous_edition"


@dataclass(frozen=True)
class Restored:
    """How the working database stands to the published warehouse.

    Attributes:
        published: The stamp of the published warehouse, if there is a readable one.
        is_in_step: What the working database holds is what is published. If not, the next run has
            to build and publish, even if no extract is new.
        forgotten: Rows removed because their edition was never published.
        recalled: Rows brought back from an edition.
        losses: What could not be restored, a sentence each.
    """

    published: Stamp | None
    is_in_step: bool
    forgotten: int
    recalled: int
    losses: tuple[str, ...]


def restore(settings: Settings, con: duckdb.DuckDBPyConnection) -> Restored:
    """Bring the memory of the working database in step with the editions that were published.

    Idempotent. An edition was published if it is the published file, is remembered by it, or is
    kept as a snapshot (a rollback may have put an older one in the place of newer ones).

    Args:
        settings: Names the published file and its snapshots.
        con: The working database, open for writing.
    """
    create_schemas(con)
    losses: list[str] = []
    own, published = published_stamp(con), _published(settings, con, losses)
    editions = {edition.published_at: edition.path for edition in list_snapshots(settings)}
    if published is not None:
        editions[published.published_at] = settings.published
    last = max(editions, default=None) if published is None else published.published_at
    with transaction(con):
        forgotten = _forget(con, own, last, list(editions))
    recalled = _recall(con, editions, losses)
    if not editions and _is_new(con) and any(settings.raw.glob("*/accounts/*.json")):
        losses.append(
            f"No published edition was found in {settings.warehouse_dir}: if there was one, the "
            "figures published before are no longer known."
        )
    is_in_step = own is not None and published is not None and own.run_id == published.run_id
    return Restored(published, is_in_step, forgotten, recalled, tuple(losses))


def remember(con: duckdb.DuckDBPyConnection, published_at: datetime) -> int:
    """Append the scorecard to the published figures and return how many there were.

    A column that the scorecard has gained since is added, empty for what was published before.
    """
    widen_memory(con, "published_figures", columns_of(con, "marts")["scorecard"])
    statement = """
        insert into memory.published_figures by name
        select * replace (?::timestamptz as published_at) from marts.scorecard
    """
    return change(con, statement, [published_at])


def _published(
    settings: Settings, con: duckdb.DuckDBPyConnection, losses: list[str]
) -> Stamp | None:
    if not settings.published.exists():
        return None
    try:
        with attached(con, settings.published):
            return published_stamp(con, _EDITION)
    except duckdb.Error as error:
        losses.append(_unreadable(settings.published, error))
        return None


def _forget(
    con: duckdb.DuckDBPyConnection,
    own: Stamp | None,
    last: datetime | None,
    published: Sequence[datetime],
) -> int:
    """Remove the rows of editions that never came out.

    With no edition left to tell, that is the one the working database was last stamped with.
    """
    condition = "published_at = ?"
    values: list[object] = [None if own is None else own.published_at]
    if last is not None:
        condition = "published_at > ? and published_at not in (select unnest(?))"
        values = [last, list(published)]
    statements = [f"delete from memory.{table} where {condition}" for table in MEMORY]
    return sum(change(con, statement, values) for statement in statements)


def _recall(
    con: duckdb.DuckDBPyConnection, editions: Mapping[datetime, Path], losses: list[str]
) -> int:
    """Bring back what the newest readable edition remembers and the working database does not."""
    for _, path in sorted(editions.items(), reverse=True):
        try:
            with attached(con, path):
                staged = {table: _stage_unknown(con, table) for table in MEMORY}
                _continue_batches(con)
        except duckdb.Error as error:
            losses.append(_unreadable(path, error))
        else:
            with transaction(con):
                return sum(_absorb(con, table) for table, rows in staged.items() if rows)
    return 0


def _continue_batches(con: duckdb.DuckDBPyConnection) -> None:
    """Let a database made anew number its batches on: what it holds has all changed since."""
    if "batch" in columns_of(con, "ops", _EDITION):
        con.execute(
            f"""
            insert into ops.batch
            select batch_no from {_EDITION}.ops.batch where not exists (from ops.batch)
            """
        )


def _stage_unknown(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return change(
        con,
        f"""
        create or replace temp table recalled_{table} as
        select * from {_EDITION}.memory.{table}
        where published_at not in (select published_at from memory.{table})
        """,
    )


def _absorb(con: duckdb.DuckDBPyConnection, table: str) -> int:
    widen_memory(con, table, columns_of(con, "main", "temp")[f"recalled_{table}"])
    statement = f"insert into memory.{table} by name select * from recalled_{table}"
    return change(con, statement)


@contextmanager
def attached(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Attach an edition, read-only, as `previous_edition` for the time of the `with` block."""
    con.execute(f"attach {literal(path)} as {_EDITION} (read_only)")
    try:
        yield
    finally:
        con.execute(f"detach {_EDITION}")


def _is_new(con: duckdb.DuckDBPyConnection) -> bool:
    row = con.execute("select not exists (from ops.extract_log)").fetchone()
    return row is not None and bool(row[0])


def _unreadable(path: Path, error: duckdb.Error) -> str:
    return f"{path} cannot be read ({str(error).splitlines()[0]}); what only it remembers is lost."
