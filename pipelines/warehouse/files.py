"""Moving database files about as plain files: copy, link, make durable.

Only for files that no DuckDB instance of this process has open: touching such a file outside DuckDB
drops the lock that keeps a second writer out. A copy is one sequential pass, hashed by a second
thread while the disk writes; a file system that can share blocks between files does that instead.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path

from pipelines.errors import RunError

PARTIAL = ".partial"
"""Suffix of files under work; one that is found without a run is a leftover."""

_CHUNK = 8 * 1024 * 1024
_READ_ONLY = 0o440
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.EXDEV, errno.EMLINK, errno.ENOSYS}
_FICLONE = 0x40049409
"""Linux's request to let one file share another's blocks; Python names it from 3.12 on only."""
_NO_SHARING = {
    errno.EINVAL,
    errno.ENOSYS,
    errno.ENOTTY,
    errno.EOPNOTSUPP,
    errno.EPERM,
    errno.EXDEV,
}


def wal_of(path: Path) -> Path:
    """The write-ahead log that DuckDB keeps beside a database file."""
    return path.with_name(path.name + ".wal")


def copy_durably(source: Path, target: Path) -> str:
    """Copy into a new, write-protected file and return the hash of what was read.

    Raises:
        OSError: The disk is full or a file cannot be used.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with FileIO(source) as reader, FileIO(descriptor, "w") as writer:
        if _share_blocks(reader, writer):
            digest = hashlib.file_digest(reader, "sha256").hexdigest()
        else:
            digest = _copy(reader, writer)
        os.fchmod(writer.fileno(), _READ_ONLY)
        os.fsync(writer.fileno())
    return digest


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, as the disk gives them and not as memory still holds them."""
    with FileIO(path) as reader:
        _hand_to_disk(reader)
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


def _share_blocks(reader: FileIO, writer: FileIO) -> bool:
    """Let a new file share the blocks of another, which takes no time, where it is possible."""
    if sys.platform != "linux":
        return False
    try:
        fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
    except OSError as error:
        if error.errno not in _NO_SHARING:
            raise
        return False
    return True


def _copy(reader: FileIO, writer: FileIO) -> str:
    digest = hashlib.sha256()
    with ThreadPoolExecutor(max_workers=1) as hasher:
        while chunk := reader.read(_CHUNK):
            hashed = hasher.submit(digest.update, chunk)
            _write_all(writer, chunk)
            _hand_to_disk(writer, writer.tell() - len(chunk), len(chunk))
            hashed.result()
    return digest.hexdigest()


def _write_all(writer: FileIO, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[writer.write(view) :]


def _hand_to_disk(file: FileIO, offset: int = 0, length: int = 0) -> None:
    """Let the disk begin to write what is unwritten, and memory drop what is written.

    The disk then works during the copy and not only at its end; and what is read afterwards comes
    from the disk. Systems without this read back what memory holds. A length of 0 is the whole.
    """
    if sys.platform == "linux":
        os.posix_fadvise(file.fileno(), offset, length, os.POSIX_FADV_DONTNEED)


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
