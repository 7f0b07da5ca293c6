"""A damaged working database: found, set aside, and made anew from raw/ by the run that goes on.

Nothing is lost with it: its rows lie in raw/, what was published before in the editions. A damage
that opening the file does not meet is found by reading every table through, which is done only
where a run has failed or was killed: a night that goes well does not pay for it.
"""

from __future__ import annotations

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.connect import DamagedFileError, identifier, is_damage, open_build
from pipelines.warehouse.files import sync_folder, wal_of
from pipelines.warehouse.lock import Say

SUFFIX = ".damaged"


def set_aside_if_damaged(settings: Settings, say: Say, *, thoroughly: bool = False) -> bool:
    """Rename the working database if it cannot be read, and say so; the next to open it makes one.

    Call it under the writer lock, with no connection to it open.

    Args:
        settings: Names the file.
        say: Is told what was found and where the damaged file is.
        thoroughly: Read all rows of all tables, not only what opening the file takes.

    Returns:
        Whether it was damaged.
    """
    if not settings.build.exists():
        return False
    try:
        with open_build(settings, say=say) as con:
            reason = _damage_inside(con) if thoroughly else None
    except DamagedFileError as error:
        reason = str(error)
    if reason is None:
        return False
    aside = settings.build.with_name(settings.build.name + SUFFIX)
    wal = wal_of(settings.build)
    if wal.exists():
        wal.replace(wal_of(aside))
    settings.build.replace(aside)
    sync_folder(settings.warehouse_dir)
    say(
        f"damage: {reason} It is made anew from raw/, with the same figures. The damaged file is "
        f"kept as {aside} and may be deleted."
    )
    return True


def _damage_inside(con: duckdb.DuckDBPyConnection) -> str | None:
    """Read every column of every table, which compares every block with its checksum."""
    query = """
        select schema_name, table_name
        from duckdb_tables()
        where database_name = current_database() and not temporary
    """
    for schema, table in con.execute(query).fetchall():
        name = f"{identifier(schema)}.{identifier(table)}"
        try:
            con.execute(f"select bit_xor(hash(rows)) from {name} as rows").fetchall()
        except duckdb.Error as error:
            if not is_damage(error):
                raise
            reason = str(error).partition("\n")[0]
            return f"{schema}.{table} of the working database cannot be read: {reason}."
    return None
