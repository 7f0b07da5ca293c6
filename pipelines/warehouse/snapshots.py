"""The kept editions of the published warehouse: their names, which to keep, and the way back.

An edition is a published file; its name says when it was published. Editions are never written to,
so the published file and its snapshot may be one file with two names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.errors import ConfigurationError, RunError
from pipelines.settings import LOCAL_ZONE, Settings
from pipelines.warehouse.connect import open_edition
from pipelines.warehouse.files import PARTIAL, link_or_copy, sync_folder, wal_of
from pipelines.warehouse.lock import Say, writer_lock

_SUFFIX = ".duckdb"


@dataclass(frozen=True, order=True)
class Snapshot:
    """One kept edition."""

    published_at: datetime
    path: Path

    @property
    def name(self) -> str:
        """What people call it: the local time of its publication."""
        return self.path.stem


def snapshot_path(settings: Settings, published_at: datetime) -> Path:
    """Where the edition published at an instant is kept; the names sort like the instants."""
    stamp = published_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%dT%H-%M-%S.%f%z")
    return settings.snapshot_dir / f"{stamp}{_SUFFIX}"


def list_snapshots(settings: Settings) -> list[Snapshot]:
    """The kept editions, newest first; files with other names are somebody else's."""
    if not settings.snapshot_dir.is_dir():
        return []
    found = []
    for path in settings.snapshot_dir.glob(f"*{_SUFFIX}"):
        try:
            published_at = datetime.strptime(path.stem, "%Y-%m-%dT%H-%M-%S.%f%z")
        except ValueError:
            continue
        found.append(Snapshot(published_at, path))
    return sorted(found, reverse=True)


def prune(settings: Settings) -> list[Path]:
    """Remove all but the newest `settings.snapshots` editions and return what was removed."""
    old = [snapshot.path for snapshot in list_snapshots(settings)[settings.snapshots :]]
    for path in old:
        path.unlink()
    if old:
        sync_folder(settings.snapshot_dir)
    return old


def published_stamp(con: duckdb.DuckDBPyConnection, database: str | None = None) -> Stamp | None:
    """The stamp in `ops.publication` of an open or attached database, if it has one.

    Raises:
        duckdb.Error: The database is not one of this pipeline's.
    """
    schema = "ops" if database is None else f"{database}.ops"
    query = f"select published_at, run_id from {schema}.publication"
    row = con.execute(query).fetchone()
    return None if row is None else Stamp(*row)


@dataclass(frozen=True)
class Stamp:
    """When an edition was published, and the run whose figures it holds."""

    published_at: datetime
    run_id: str


def published_now(settings: Settings) -> datetime | None:
    """When the published file was published; None when it is gone or damaged."""
    if not settings.published.exists():
        return None
    try:
        with open_edition(settings.published) as con:
            stamp = published_stamp(con)
    except duckdb.Error:
        return None
    return None if stamp is None else stamp.published_at


def rollback(settings: Settings, name: str | None = None, *, say: Say | None = None) -> Snapshot:
    """Publish a kept edition again, exactly as it was.

    It stays until the next run publishes; that run starts from what is published then.

    Args:
        settings: Names the files and how long to wait for a run at work.
        name: The edition (its name, or the beginning of it that no other shares); without one, the
            newest that is older than the published one.
        say: Is told when there is somebody to wait for.

    Raises:
        ConfigurationError: There is no such edition; the kept ones are named.
        RunError: Another run is at work, or the edition cannot be read.
    """
    with writer_lock(settings, purpose="rollback", say=say):
        chosen = _choose(settings, name)
        try:
            open_edition(chosen.path).close()
            _publish_again(settings, chosen.path)
        except (OSError, duckdb.Error) as error:
            raise RunError(f"{chosen.path} cannot be published again: {error}") from error
    return chosen


def _choose(settings: Settings, name: str | None) -> Snapshot:
    kept = list_snapshots(settings)
    if name is None:
        now = published_now(settings)
        fitting = [edition for edition in kept if now is None or edition.published_at < now][:1]
    else:
        wanted = Path(name).name.removesuffix(_SUFFIX)
        fitting = [edition for edition in kept if edition.name.startswith(wanted)]
    if len(fitting) != 1:
        what = "older than the published one" if name is None else f"called {name!r}"
        names = ", ".join(edition.name for edition in kept) or "none"
        raise ConfigurationError(f"There is not one kept edition {what}. Kept editions: {names}.")
    return fitting[0]


def _publish_again(settings: Settings, path: Path) -> None:
    partial = settings.published.with_name(settings.published.name + PARTIAL)
    partial.unlink(missing_ok=True)
    link_or_copy(path, partial)
    wal_of(settings.published).unlink(missing_ok=True)
    # A rename onto another name of the same file does nothing and leaves both names.
    partial.replace(settings.published)
    partial.unlink(missing_ok=True)
    sync_folder(settings.warehouse_dir)
