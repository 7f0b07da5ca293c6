"""Moving database files about as plain files: copy, link, make durable.

Only for files that no DuckDB instance of this process has open: touching such a file outside DuckDB
drops the lock that keeps a second writer out.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from pathlib import Path

from pipelines.errors import RunError

PARTIAL = ".partial"
"""Suffix of files under work; one that is found without a run is a leftover."""

_CHUNK = 8 * 1024 * 1024
_READ_ONLY = 0o440
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.EXDEV, errno.EMLINK, errno.ENOSYS}


def wal_of(path: Path) -> Path:
    """The write-ahead log that DuckDB keeps beside a database file."""
    return path.with_name(path.name + ".wal")


def copy_durably(source: Path, target: Path) -> str:
    """Copy in one pass into a new, write-protected file and return the hash of what was read.

    Raises:
        OSError: The disk is full or a file cannot be used.
    """
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb", buffering=0) as reader, os.fdopen(descriptor, "wb", 0) as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            _write_all(writer.fileno(), chunk)
        os.fchmod(writer.fileno(), _READ_ONLY)
        os.fsync(writer.fileno())
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb", buffering=0) as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system knows no hard links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        copy_durably(source, target)


def sync_folder(path: Path) -> None:
    """Make renames, links and removals in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_free_space(folder: Path, needed: int) -> None:
    """Refuse to start what would fill the disk.

    Raises:
        RunError: Less than `needed` bytes are free; both figures are named.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise RunError(
            f"{folder} has {_mebibytes(free)} free, publishing needs {_mebibytes(needed)} (three "
            "times the database). The published warehouse is as it was; make room and run again."
        )


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
