"""Whether a kill leaves what a photograph of the same point of another night shows.

The same names, kinds and rights; the same bytes where no night puts its time or its number; the
same rows in the working database. Of the pipeline's own files: its tools write theirs as they like.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from tests.faults.compare import differences
from tests.faults.photographs import Photograph
from tests.faults.points import DATA, is_of, masked
from tests.faults.states import BUILD

FIXED = ("landing/*", ".fonts/*", "raw/*.parquet*", "raw/*.ndjson*")
"""Files whose bytes tell nothing of the night that wrote them."""

Seen = tuple[str, int, str]


def unlike(left: Photograph, shown: Photograph, folder: Path) -> list[str]:
    """How what was left differs from what is shown, a sentence each.

    Args:
        left: Taken after a kill.
        shown: Taken of a night that went on.
        folder: Where there is room to open databases.
    """
    ours, theirs = Counter(_seen(left)), Counter(_seen(shown))
    told = [f"{path} was left, not shown" for path, *_ in ours - theirs]
    told += [f"{path} is shown, was not left" for path, *_ in theirs - ours]
    with tempfile.TemporaryDirectory(dir=folder) as room:
        return [*told, *_unlike_rows(left, shown, Path(room))]


def _seen(photograph: Photograph) -> Iterator[Seen]:
    for entry in photograph.entries:
        if is_of(DATA, entry.path):
            is_fixed = any(fnmatchcase(entry.path, pattern) for pattern in FIXED)
            sha256 = entry.content.sha256 if entry.content is not None and is_fixed else ""
            yield masked(entry.path), entry.mode, sha256


def _unlike_rows(left: Photograph, shown: Photograph, room: Path) -> list[str]:
    ours, theirs = _replayed(left, room / "left"), _replayed(shown, room / "shown")
    if isinstance(ours, Path) and isinstance(theirs, Path):
        return differences(theirs, ours, stored=True)
    if isinstance(ours, Path) or isinstance(theirs, Path):
        return [f"only one of the working databases can be opened: {ours}, {theirs}"]
    return []


def _replayed(photograph: Photograph, path: Path) -> Path | str:
    """A copy of the working database with its log taken in; why it cannot be opened if not."""
    for end in ("", ".wal"):
        content = photograph.contents.get(BUILD + end)
        if content is not None:
            shutil.copyfile(content.path, f"{path}{end}")
    try:
        duckdb.connect(path).close()
    except duckdb.Error as error:
        return str(error)
    return path
