"""Connections to the warehouse files: how they are created, configured and waited for.

Nobody else opens `build.duckdb` or the published warehouse by hand. The settings are applied after
connecting, so that all connections of this process to one file (dbt's among them, which connects
by itself) share one DuckDB instance and its settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.errors import ConfigurationError, RunError
from pipelines.settings import LOCAL_ZONE, Settings
from pipelines.warehouse.lock import Say, attempts

STORAGE_VERSION = "v1.4.0"
"""Storage format of new files. Older ones replay a write-ahead log that is not theirs."""

EXTENSIONS = ("icu", "json", "parquet")
"""What the pipeline needs from DuckDB beyond its core; all are part of the Python package."""

DEFAULT_MEMORY_LIMIT = "4GB"
"""What DuckDB may take unless a setting says otherwise: beyond it, millions of rows go to disk."""

_BUILD_REMEDY = "The next run makes it anew from raw/."
_PUBLISHED_REMEDY = "If it is damaged, `qo rollback` brings back the newest kept edition."

_DAMAGE = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes",
)
"""What DuckDB says of files whose bytes are not those that it wrote."""


class DamagedFileError(RunError):
    """A database file is there and is not what was written."""


def open_build(
    settings: Settings, *, read_only: bool = False, say: Say | None = None
) -> duckdb.DuckDBPyConnection:
    """Open the pipeline's own working database, and create it if there is none.

    Args:
        settings: Names the file, its limits and how long to wait for another process.
        read_only: Open an existing file without the right to write.
        say: Is told once, when another process has the file open.

    Raises:
        DamagedFileError: It cannot be read.
        RunError: Another process keeps the file open, or it is no database this pipeline made.
    """
    path = settings.build
    if not path.exists():
        _create(path)
    con = _connect(path, settings, _BUILD_REMEDY, read_only=read_only, say=say)
    try:
        _check_storage(con, path)
        _check_extensions(con)
    except RunError:
        con.close()
        raise
    return con


def open_published(settings: Settings, *, say: Say | None = None) -> duckdb.DuckDBPyConnection:
    """Open the published warehouse read-only, as any reader may at any hour.

    Close it before publishing in the same process: as long as one connection of a process is open,
    DuckDB gives that process the old edition again, whatever lies under the name by then.

    Raises:
        DamagedFileError: It cannot be read.
        RunError: Nothing was published yet, or the file cannot be opened.
    """
    if not settings.published.exists():
        raise RunError(
            f"No warehouse is published in {settings.warehouse_dir}: run `qo nightly` first."
        )
    return _connect(settings.published, settings, _PUBLISHED_REMEDY, read_only=True, say=say)


@contextmanager
def reading_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published warehouse, open for reading; damage that a query meets is told as any other.

    Raises:
        DamagedFileError: What was asked for cannot be read.
        RunError: Nothing was published yet, or the file cannot be opened.
    """
    try:
        with open_published(settings) as con:
            yield con
    except duckdb.Error as error:
        if not is_damage(error):
            raise
        raise DamagedFileError(
            f"{settings.published} cannot be read: {_first_line(error)} {_PUBLISHED_REMEDY}"
        ) from error


def open_edition(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published file, a kept edition or a copy of one, read-only and unconfigured.

    Raises:
        duckdb.Error: It is no readable database.
    """
    return duckdb.connect(path, read_only=True)


def literal(text: str | Path) -> str:
    """A path as an SQL string, for the statements that take no bound values."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.connect(path, config={"storage_compatibility_version": STORAGE_VERSION}).close()
    except (OSError, duckdb.IOException) as error:
        raise RunError(f"{path} cannot be created: {_first_line(error)}") from error


def _connect(
    path: Path, settings: Settings, remedy: str, *, read_only: bool, say: Say | None
) -> duckdb.DuckDBPyConnection:
    for waited in attempts(settings.lock_wait):
        try:
            con = duckdb.connect(path, read_only=read_only)
        except duckdb.ConnectionException:
            raise  # this process has the file open in another way: a defect, not a fault
        except duckdb.Error as error:
            reason = _first_line(error)
            if "Could not set lock" not in reason:
                kind = DamagedFileError if is_damage(error) else RunError
                raise kind(f"{path} cannot be opened: {reason} {remedy}") from error
            if waited == 0.0 and settings.lock_wait > 0 and say is not None:
                say(f"Waiting up to {settings.lock_wait:g} s for {path}: {reason}")
        else:
            return _configured(con, settings)
    raise RunError(
        f"{path} is still open in another process after {settings.lock_wait:g} s of waiting: "
        f"{reason} Close it there and start again."
    )


def is_damage(error: duckdb.Error) -> bool:
    """Whether an error says that a database file is damaged, and not that it cannot be had."""
    if isinstance(error, duckdb.SerializationException):
        return True
    return any(words in str(error) for words in _DAMAGE)


def _configured(con: duckdb.DuckDBPyConnection, settings: Settings) -> duckdb.DuckDBPyConnection:
    con.execute("set global autoinstall_known_extensions = false")
    con.execute("set global autoload_known_extensions = false")
    con.execute("set global TimeZone = ?", [LOCAL_ZONE.key])
    if settings.threads is not None:
        con.execute("set global threads = ?", [settings.threads])
    try:
        con.execute("set global memory_limit = ?", [settings.memory_limit or _modest_limit(con)])
    except duckdb.Error as error:
        con.close()
        raise ConfigurationError(
            f"QO_MEMORY_LIMIT={settings.memory_limit!r} is not valid: {_first_line(error)}"
        ) from error
    return con


def _modest_limit(con: duckdb.DuckDBPyConnection) -> str:
    """The default limit, or DuckDB's own where the machine has less."""
    query = """
        select case
            when parse_formatted_bytes(own) < parse_formatted_bytes($modest) then own
            else $modest
        end
        from (select current_setting('memory_limit') as own)
    """
    [(limit,)] = con.execute(query, {"modest": DEFAULT_MEMORY_LIMIT}).fetchall()
    return str(limit)


def _check_storage(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    query = """
        select tags['storage_version']
        from duckdb_databases()
        where database_name = current_database()
    """
    row = con.execute(query).fetchone()
    version = "" if row is None else str(row[0])
    if _numbers(version) < _numbers(STORAGE_VERSION):
        raise RunError(
            f"{path} has the storage format {version}, which is not safe to publish from: it was "
            "not made by this pipeline. Delete it and run again: it is rebuilt from raw/."
        )


def _check_extensions(con: duckdb.DuckDBPyConnection) -> None:
    query = "select extension_name from duckdb_extensions() where loaded"
    loaded = {str(name) for (name,) in con.execute(query).fetchall()}
    missing = [name for name in EXTENSIONS if name not in loaded]
    if missing:
        raise RunError(
            f"This build of DuckDB {duckdb.__version__} lacks {', '.join(missing)}, and nothing "
            "is downloaded at run time: install the duckdb package of requirements.lock."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.strip("v+").split(".") if part.isdigit())


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
