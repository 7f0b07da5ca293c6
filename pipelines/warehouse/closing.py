"""The first half of publishing: the working database is stamped, remembered and made final.

What the edition restates of the one before is found here too. Copying it and letting readers see
it belongs to `publish`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from pipelines.errors import RunError
from pipelines.settings import LOCAL_ZONE, Settings
from pipelines.warehouse.connect import identifier, is_damage, literal, open_build
from pipelines.warehouse.files import require_free_space
from pipelines.warehouse.lock import Say
from pipelines.warehouse.memory import attached, remember, restore
from pipelines.warehouse.merging import settle
from pipelines.warehouse.restate import restate
from pipelines.warehouse.schemas import transaction
from pipelines.warehouse.snapshots import list_snapshots, published_now

FREE_SPACE_FACTOR = 3
"""Room for the checkpoint, the copy and what readers may spill; below it a disk fills midway."""


def after_the_last(settings: Settings, instant: datetime) -> tuple[datetime, tuple[str, ...]]:
    """The stamp of an edition that comes out at an instant, and what to warn of.

    Editions follow each other by their stamps, in memory and among the snapshots, so a clock that
    was set back must not put a new one before an old one.
    """
    kept = [edition.published_at for edition in list_snapshots(settings)]
    now = published_now(settings)
    last = max([*kept, *([now] if now else [])], default=None)
    if last is None or last < instant:
        return instant, ()
    warning = (
        f"The clock says {_told(instant)}, the last edition is of {_told(last)}: this one is "
        "stamped just after it. Set the clock right; if the last edition is dated in the future, "
        "bring back an older one and delete it."
    )
    return last + timedelta(microseconds=1), (warning,)


def _told(instant: datetime) -> str:
    return f"{instant.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M:%S}"


def close_edition(
    settings: Settings,
    published_at: datetime,
    as_of: date,
    run_id: str,
    *,
    nothing_new: bool,
    say: Say | None,
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Make the working database final and count its tables, as it sees them itself.

    Returns:
        The rows of its tables, and warnings.
    """
    require_free_space(settings.warehouse_dir, FREE_SPACE_FACTOR * settings.build.stat().st_size)
    warnings: tuple[str, ...] = ()
    with open_build(settings, say=say) as con:
        restored = restore(settings, con)
        if nothing_new and not restored.is_in_step:
            raise RunError("The working database holds other figures than the published one.")
        if nothing_new:
            con.execute("update ops.publication set published_at = ?", [published_at])
        else:
            is_readable = restored.published is not None
            warnings = _remember(
                con, _before(settings, is_readable=is_readable), published_at, as_of, run_id
            )
        rows = count_tables(con)
        con.execute("checkpoint")
    return rows, warnings


def _before(settings: Settings, *, is_readable: bool) -> list[Path]:
    """The editions that the next one may be compared with: the published one, else the newest."""
    kept = [edition.path for edition in list_snapshots(settings) if edition.path.is_file()]
    return [settings.published, *kept] if is_readable else kept


def _remember(
    con: duckdb.DuckDBPyConnection,
    before: Sequence[Path],
    published_at: datetime,
    as_of: date,
    run_id: str,
) -> tuple[str, ...]:
    """Stamp the edition and remember it, and what it restates of the first before that is whole."""
    warnings: list[str] = []
    for previous in (*before, None):
        try:
            with nullcontext() if previous is None else attached(con, previous), transaction(con):
                con.execute("delete from ops.publication")
                con.execute(
                    "insert into ops.publication values (?, ?, ?)", [published_at, as_of, run_id]
                )
                remember(con, published_at)
                if previous is not None:
                    restate(con, published_at)
                settle(con)
        except duckdb.Error as error:
            if previous is None or not is_damage(error):
                raise
            warnings.append(f"{previous} is damaged; what changed since is told without it.")
        else:
            break
    return tuple(warnings)


def count_tables(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table of an open database, by `schema.table`."""
    query = """
        select schema_name, table_name
        from duckdb_tables()
        where database_name = current_database() and not temporary
        order by all
    """
    counts = [
        f"select {literal(f'{schema}.{name}')}, count(*) "
        f"from {identifier(schema)}.{identifier(name)}"
        for schema, name in con.execute(query).fetchall()
    ]
    return dict(con.execute(" union all ".join(counts)).fetchall()) if counts else {}
