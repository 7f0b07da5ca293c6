"""Unpacks gzip files and zip archives into a folder of our own, within bounds.

What a member is called never becomes a path. Bytes are counted as they come out, so a bomb is
refused long before it has gone off. Archives within archives are refused.
"""

from __future__ import annotations

import errno
import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import IO

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.limits import (
    MEMBERS,
    MIB,
    UNPACK_RATIO,
    UNPACKED_AT_MOST,
    UNPACKED_FREELY,
)

# What the standard library raises over damaged, encrypted or exotic archives.
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
)
_DAMAGED_GZIP = (gzip.BadGzipFile, zlib.error, struct.error, EOFError)
_CHUNK = MIB
_ENCRYPTED = 1


@dataclass(frozen=True)
class Member:
    """One file of an archive: its name there, and where it lies now."""

    name: str
    path: Path


def gunzip(path: Path, folder: Path) -> Path:
    """Unpack a gzip file.

    Raises:
        RejectedFileError: It is damaged or unpacks to too much.
    """
    plain = folder / "unpacked"
    try:
        with gzip.open(path, "rb") as packed, plain.open("wb") as out:
            _copy(packed, out, _Budget(path))
    except _DAMAGED_GZIP as error:
        raise RejectedFileError(f"The gzip file is damaged ({error}): copy it again.") from error
    return plain


def unzip(path: Path, folder: Path) -> list[Member]:
    """Unpack every file of a zip archive, in the order of their names.

    Raises:
        RejectedFileError: It is damaged or encrypted, unpacks to too much, or holds nothing.
    """
    members = []
    with _opened(path) as archive:
        budget = _Budget(path)
        entries = [entry for entry in archive.infolist() if _is_wanted(entry.filename)]
        for place, entry in enumerate(sorted(entries, key=attrgetter("filename"))):
            target = folder / f"member-{place}"
            with archive.open(entry) as packed, target.open("wb") as out:
                _copy(packed, out, budget)
            members.append(Member(entry.filename, target))
    if not members:
        raise RejectedFileError("The zip archive holds no file: pack it again.")
    return members


def verify_zip(path: Path) -> None:
    """Unpack a workbook into nothing: it is whole by its checksums, and of a bearable size.

    Raises:
        RejectedFileError: It is damaged or unpacks to too much.
    """
    with _opened(path) as archive:
        budget = _Budget(path)
        for entry in archive.infolist():
            with archive.open(entry) as packed:
                _copy(packed, None, budget)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            _require_plain(archive.infolist())
            yield archive
    except (*DAMAGED_ZIP, OSError) as error:
        # A damaged directory points before the start of the file; other such errors are the disk's.
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        raise RejectedFileError(
            f"The workbook or archive is damaged ({error}): export or copy it again."
        ) from error


def _require_plain(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MEMBERS:
        raise RejectedFileError(f"The archive holds more than {MEMBERS:,} files: send fewer.")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise RejectedFileError("The archive has a password: send it without one.")
        # The others are unpacked without a bound on their memory, and no program chooses them.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RejectedFileError(
                f"{entry.filename} is packed in an unusual way: pack it as an ordinary zip file."
            )


class _Budget:
    """How many bytes may still come out of an archive."""

    def __init__(self, path: Path) -> None:
        packed = path.stat().st_size
        self.left = min(UNPACKED_AT_MOST, max(UNPACKED_FREELY, packed * UNPACK_RATIO))
        self.all = self.left

    def spend(self, count: int) -> None:
        """Count bytes that came out.

        Raises:
            RejectedFileError: They are too many.
        """
        self.left -= count
        if self.left < 0:
            raise RejectedFileError(
                f"The file unpacks to more than {self.all // MIB:,} MB, far more than its size "
                "allows for: send the table itself, unpacked."
            )


def _copy(packed: IO[bytes] | gzip.GzipFile, out: IO[bytes] | None, budget: _Budget) -> None:
    while chunk := packed.read(_CHUNK):
        budget.spend(len(chunk))
        if out is not None:
            out.write(chunk)


def _is_wanted(name: str) -> bool:
    """Leave out folders, and what operating systems put beside files."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part.startswith((".", "~$")) and part != ".." for part in parts)
    return not name.endswith(("/", "\\")) and "__MACOSX" not in parts and not hidden
