"""Photographs of a data directory: all that a kill at that moment would leave on the disk.

A kill changes no file, and what dies with the process (its locks, its memory) is in no file. So a
copy that is taken while the process waits is what a kill would have left. What has not changed
since the photograph before is not copied again. What a photograph means belongs to `states.py`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
import weakref
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

SETTLED = 50_000_000
"""Nanoseconds after which a second change of a file bears another time than the first."""
MAPPED = "-shm"
"""Ends the names of files that are written through memory, which leaves no trace in their times."""

Identity = tuple[int, int, int, int]


class Content:
    """What a file held at a moment, in a file of its own that nobody writes to.

    It goes when the last photograph goes that shows it.
    """

    def __init__(self, source: Path, copy: Path) -> None:
        """Copy it."""
        shutil.copyfile(source, copy)
        self.path = copy
        # The folder may go as a whole before.
        weakref.finalize(self, copy.unlink, missing_ok=True).atexit = False

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Entry:
    """A file, folder or symbolic link.

    Attributes:
        path: Relative to the data directory.
        mode: Kind and rights.
        mtime_ns: Time of its last change.
        content: Of a file. Two names of one file have one content, and no two files have.
        target: Of a symbolic link.
    """

    path: str
    mode: int
    mtime_ns: int
    content: Content | None = None
    target: str = ""


@dataclass(frozen=True)
class Photograph:
    """A data directory at a moment; a folder comes before what lies in it."""

    entries: tuple[Entry, ...]

    @cached_property
    def contents(self) -> dict[str, Content]:
        """Of every file, by its path."""
        return {each.path: each.content for each in self.entries if each.content is not None}

    def lay_out(self, target: Path) -> None:
        """Make a real copy: modes and times stay, and two names of one file stay that."""
        target.mkdir()
        laid: dict[Content, Path] = {}
        for entry in self.entries:
            path = target / entry.path
            if entry.target:
                path.symlink_to(entry.target)
            elif entry.content is None:
                path.mkdir()
            elif entry.content in laid:
                path.hardlink_to(laid[entry.content])
            else:
                laid[entry.content] = shutil.copyfile(entry.content.path, path)
        for entry in reversed(self.entries):
            if not entry.target:
                path = target / entry.path
                path.chmod(stat.S_IMODE(entry.mode))
                os.utime(path, ns=(entry.mtime_ns, entry.mtime_ns))


class Album:
    """Takes photographs of one data directory, one after the other."""

    def __init__(self, folder: Path) -> None:
        """Keep what files held in a folder of its own."""
        folder.mkdir()
        self._folder = folder
        self._numbers = count()
        self._known: dict[Identity, Content] = {}
        self._taken_at = 0

    def take(self, data_dir: Path) -> Photograph:
        """Take one; nobody may change the directory meanwhile."""
        taken_at, shown = time.time_ns(), {}
        entries = []
        for path, status in _walk(data_dir):
            name = path.relative_to(data_dir).as_posix()
            content, target = None, ""
            if stat.S_ISREG(status.st_mode):
                content = shown[_identity(status)] = self._content(path, status, shown)
            elif stat.S_ISLNK(status.st_mode):
                target = str(path.readlink())
            entries.append(Entry(name, status.st_mode, status.st_mtime_ns, content, target))
        self._known, self._taken_at = shown, taken_at
        return Photograph(tuple(entries))

    def _content(
        self, path: Path, status: os.stat_result, shown: dict[Identity, Content]
    ) -> Content:
        identity = _identity(status)
        if identity in shown:
            return shown[identity]
        is_settled = status.st_ctime_ns < self._taken_at - SETTLED
        if identity in self._known and is_settled and not path.name.endswith(MAPPED):
            return self._known[identity]
        return Content(path, self._folder / str(next(self._numbers)))


def _identity(status: os.stat_result) -> Identity:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _walk(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """Everything below a folder, a folder before what lies in it."""
    found = []
    with os.scandir(folder) as listing:
        for each in sorted(listing, key=lambda each: each.name):
            found.append((Path(each.path), each.stat(follow_symlinks=False)))
            if each.is_dir(follow_symlinks=False):
                found += _walk(Path(each.path))
    return found
