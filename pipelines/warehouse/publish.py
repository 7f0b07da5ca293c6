"""Publishing: the working database becomes the published warehouse, whole or not at all.

The order is what makes it safe. Stamp, remember, checkpoint and close; copy under another name,
read the copy back; keep a snapshot; then one rename, at which readers see the new edition. Whatever
fails before the rename leaves the published file as it was, byte for byte.

Each check has a fault of its own. Changes still in a write-ahead log: no log may be left after the
checkpoint. A disk that is full, short writes, bits lost on the way: the copy is hashed as it lies
on the disk, against the hash of what was read. The wrong file, an unfinished checkpoint: the stamp
and the rows of every table, against what the working database said. Every file is read once: the
hash of the source is taken while the disk writes, counting rows reads no column. DuckDB's own block
checksums are no substitute: they speak only of the blocks that a query happens to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.errors import RunError
from pipelines.settings import Settings
from pipelines.warehouse.closing import after_the_last, close_edition, count_tables
from pipelines.warehouse.connect import open_edition
from pipelines.warehouse.files import (
    PARTIAL,
    copy_durably,
    link_or_copy,
    sha256_of,
    sync_folder,
    wal_of,
)
from pipelines.warehouse.lock import Say, writer_lock
from pipelines.warehouse.snapshots import prune, published_stamp, snapshot_path


@dataclass(frozen=True)
class Publication:
    """One edition that came out.

    Attributes:
        published_at: Its stamp.
        path: The published file.
        size_bytes: Its size.
        sha256: Hash of its bytes, as copied and as read back.
        rows: Rows of every table, by `schema.table`.
        snapshot: Where it is kept; None when nothing was new.
        pruned: Older snapshots that were removed.
        warnings: What went wrong after the edition was out, a sentence each.
    """

    published_at: datetime
    path: Path
    size_bytes: int
    sha256: str
    rows: Mapping[str, int]
    snapshot: Path | None
    pruned: tuple[Path, ...]
    warnings: tuple[str, ...]


def publish(
    settings: Settings,
    *,
    published_at: datetime,
    as_of: date,
    run_id: str,
    nothing_new: bool = False,
    say: Say | None = None,
) -> Publication:
    """Publish what the working database holds, after every blocking check has passed.

    No connection of this process may have the working database open.

    Args:
        settings: Names the files.
        published_at: The stamp of the edition, an aware instant.
        as_of: The evaluation date of its figures.
        run_id: The run that computed them.
        nothing_new: Only the stamp moves: no snapshot is kept, no figure is remembered again, and
            `as_of` and `run_id` stay those of the run whose figures these are.
        say: Is told when there is somebody to wait for.

    Raises:
        RunError: The edition did not come out; the published file is as it was.
    """
    with writer_lock(settings, purpose="publishing", say=say):
        clean_leftovers(settings)
        published_at, warnings = after_the_last(settings, published_at)
        snapshot = None if nothing_new else snapshot_path(settings, published_at)
        try:
            rows, told = close_edition(
                settings, published_at, as_of, run_id, nothing_new=nothing_new, say=say
            )
            partial, sha256 = _copy(settings)
            _verify(partial, sha256, rows, published_at)
            _replace(settings, partial, snapshot)
            pruned, faults = _settle(settings, snapshot)
        except (OSError, duckdb.Error) as error:
            raise RunError(
                f"The warehouse could not be published: {error}. "
                f"{settings.published} is as it was; run again once the cause is gone."
            ) from error
        finally:
            clean_leftovers(settings)
        size = settings.published.stat().st_size
    return Publication(
        published_at,
        settings.published,
        size,
        sha256,
        rows,
        snapshot,
        pruned,
        (*warnings, *told, *faults),
    )


def clean_leftovers(settings: Settings) -> list[Path]:
    """Remove what a killed run left half done; finish what it had all but finished.

    A snapshot still under its working name whose edition is the published one came out: it gets
    its name. Call it under the writer lock.

    Returns:
        The files removed or renamed.
    """
    found = [
        *settings.warehouse_dir.glob(f"*{PARTIAL}"),
        *settings.snapshot_dir.glob(f"*{PARTIAL}"),
    ]
    for path in found:
        is_kept = path.parent == settings.snapshot_dir and settings.published.exists()
        if is_kept and path.samefile(settings.published):
            path.replace(path.with_name(path.name.removesuffix(PARTIAL)))
        else:
            path.unlink()
    return found


def _copy(settings: Settings) -> tuple[Path, str]:
    """Copy the closed working database beside the published one."""
    _require_released(settings.build)
    if wal_of(settings.build).exists():
        raise RunError(
            f"{wal_of(settings.build)} still holds changes after the checkpoint: a copy would lack "
            "them, so nothing was published. Run again."
        )
    partial = _partial(settings.published)
    return partial, copy_durably(settings.build, partial)


def _require_released(path: Path) -> None:
    """Make sure that no other connection of this process has the file open.

    Reading it then would drop the lock that keeps other processes out. DuckDB tells by refusing a
    connection that differs from those there are.
    """
    try:
        open_edition(path).close()
    except duckdb.ConnectionException as error:
        raise RunError(
            f"A part of this process still has {path} open, so it was not copied and nothing was "
            "published. Close that connection before publishing."
        ) from error


def _verify(partial: Path, sha256: str, rows: Mapping[str, int], published_at: datetime) -> None:
    """Read the copy back: its bytes, its tables and its stamp."""
    if sha256_of(partial) != sha256:
        raise RunError(_unlike(partial, "its bytes differ"))
    with open_edition(partial) as con:
        stamp, found = published_stamp(con), count_tables(con)
    if stamp is None or stamp.published_at != published_at:
        raise RunError(_unlike(partial, "it lacks the stamp"))
    different = sorted({name for name, _ in rows.items() ^ found.items()})
    if different:
        raise RunError(_unlike(partial, f"the row counts of {', '.join(different)} differ"))


def _unlike(partial: Path, difference: str) -> str:
    return (
        f"The copy {partial.name} is not what was built: {difference}. It was thrown away and "
        "nothing was published. The disk may be failing; check it and run again."
    )


def _replace(settings: Settings, partial: Path, snapshot: Path | None) -> None:
    """Give the copy a second name to be kept under, and let readers see it."""
    if snapshot is not None:
        snapshot.parent.mkdir(exist_ok=True)
        link_or_copy(partial, _partial(snapshot))
        sync_folder(snapshot.parent)
    wal_of(settings.published).unlink(missing_ok=True)
    partial.replace(settings.published)


def _settle(settings: Settings, snapshot: Path | None) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Finish what follows once the edition is out; no fault of it takes the edition back.

    The snapshot gets its final name only now: what has one was published.

    Returns:
        The snapshots removed, and what went wrong.
    """
    try:
        sync_folder(settings.warehouse_dir)
        if snapshot is not None:
            _partial(snapshot).replace(snapshot)
            sync_folder(snapshot.parent)
        return tuple(prune(settings)), ()
    except OSError as error:
        return (), (f"The edition came out, but the snapshots need a look: {error}.",)


def _partial(path: Path) -> Path:
    return path.with_name(path.name + PARTIAL)
