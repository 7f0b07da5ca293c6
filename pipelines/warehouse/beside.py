"""A place beside the old one where a rebuild works: a new database, and perhaps a raw folder.

What stands is not touched before its successor is complete; then renames put the new one in place.
A rebuild that was killed, at whatever moment, is cleared away by the next run. What is built here
and why belongs to `pipelines.rebuild`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.files import link_or_copy, sync_folder, wal_of


class Place(Settings):
    """The same data directory with its working database, and perhaps its raw folder, elsewhere."""

    new_build: Path
    new_raw: Path

    @property
    def build(self) -> Path:
        """The new working database."""
        return self.new_build

    @property
    def raw(self) -> Path:
        """The raw folder to load from."""
        return self.new_raw


def prepare_place(settings: Settings, *, with_raw: bool) -> Place:
    """Make room for a rebuild; call it under the writer lock, after `clear`.

    Args:
        settings: The settings of the data directory.
        with_raw: Give it a raw folder of its own, which begins with all that the old one holds.
            Its files may be one with the old ones: replace them by a rename, never in place.
    """
    new_raw = _new_raw(settings) if with_raw else settings.raw
    if with_raw and settings.raw.exists():
        shutil.copytree(settings.raw, new_raw, copy_function=_link, ignore=_unfinished)
    new_build = _folder(settings) / settings.build.name
    return Place(**settings.model_dump(), new_build=new_build, new_raw=new_raw)


def put_in_place(settings: Settings, place: Place) -> None:
    """Let what was made anew take the place of the old; nobody may have either open.

    The working database comes last: only with it is the next run in step with what is published.
    """
    if place.raw != settings.raw:
        raw = settings.raw.resolve()
        if raw.exists():
            raw.rename(_old_raw(settings))
        place.raw.rename(raw)
        sync_folder(raw.parent)
    wal_of(settings.build).unlink(missing_ok=True)
    place.build.replace(settings.build)
    sync_folder(settings.build.parent)


def clear(settings: Settings) -> list[Path]:
    """Remove what a rebuild left, after putting back what it had set aside and not replaced.

    Call it under the writer lock.

    Returns:
        The folders that were removed or put back.
    """
    raw, old = settings.raw.resolve(), _old_raw(settings)
    found = [path for path in (old, _new_raw(settings), _folder(settings)) if path.exists()]
    if old.exists() and not raw.exists():
        old.rename(raw)
    for path in found:
        if path.exists():
            shutil.rmtree(path)
    return found


def _folder(settings: Settings) -> Path:
    return settings.build.parent / ".rebuild"


def _new_raw(settings: Settings) -> Path:
    raw = settings.raw.resolve()
    return raw.with_name(f".{raw.name}.rebuild")


def _old_raw(settings: Settings) -> Path:
    raw = settings.raw.resolve()
    return raw.with_name(f".{raw.name}.replaced")


def _link(source: str, target: str) -> None:
    link_or_copy(Path(source), Path(target))


def _unfinished(_folder: str, names: list[str]) -> list[str]:
    """Temporary files of a run that was killed."""
    return [name for name in names if name.startswith(".")]
