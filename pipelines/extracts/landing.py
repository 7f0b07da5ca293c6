"""What lies in the landing folders: files with their sidecar manifests, and their hashes.

Only looks: nothing is moved, changed or deleted here, and no table is read. A manifest that cannot
be used is remembered with its file, which is then refused with that sentence.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from pipelines.errors import RunError
from pipelines.extracts.faults import RejectedFileError, UnsettledFileError
from pipelines.extracts.manifests import MANIFEST_SUFFIX, Manifest, parse_manifest
from pipelines.printable import in_utf8
from pipelines.settings import Settings

NO_FOLDER = "(landing)"
"""Stands for the source of files that lie in no source's folder; no contract can be called so."""

_TEMPORARY_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", "~")
_LITTER = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class LandingFile:
    """One file as it lay in its folder when it was looked at.

    Attributes:
        source: The folder's name.
        name: The path inside the source folder, with forward slashes; bytes that are no UTF-8, as
            old archives unpack them, are spelled out.
        path: Where it is.
        size: Bytes.
        mtime_ns: Modification time.
        manifest: What its sidecar says; empty without one.
        manifest_sha256: Hash of the sidecar's bytes, None without one.
        manifest_fault: Why the sidecar cannot be used, as a sentence.
    """

    source: str
    name: str
    path: Path
    size: int
    mtime_ns: int
    manifest: Manifest = field(default_factory=Manifest)
    manifest_sha256: str | None = None
    manifest_fault: str | None = None

    @property
    def sidecar(self) -> Path:
        """Where its manifest lies, if it has one."""
        return _sidecar(self.path)

    def sha256(self) -> str:
        """Hash the bytes.

        Raises:
            UnsettledFileError: The file cannot be opened now.
        """
        try:
            with self.path.open("rb", buffering=0) as file:
                digest = hashlib.file_digest(file, "sha256")
        except OSError as error:
            raise UnsettledFileError(
                f"{self.source}/{self.name} cannot be opened ({error.strerror}); "
                "it is left for the next run."
            ) from error
        return digest.hexdigest()

    def require_unchanged(self, sha256: str | None = None) -> None:
        """Make sure that what was read is what was looked at.

        Args:
            sha256: Hash of the bytes then; without one size and time have to do.

        Raises:
            UnsettledFileError: The file was written to, replaced or removed meanwhile.
        """
        try:
            now = self.path.stat()
        except FileNotFoundError:
            now = None
        is_same = now is not None and (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns)
        # Tools that copy times along can put other bytes of the same length in the same place.
        if not is_same or (sha256 is not None and sha256 != self.sha256()):
            raise UnsettledFileError(
                f"{self.source}/{self.name} changed while it was read; it is left for the next run."
            )


def folders(settings: Settings) -> list[str]:
    """The sources that have a folder in landing/, with a contract or not; `NO_FOLDER` for the rest.

    Raises:
        RunError: Landing cannot be listed, or is gone since extracts were read from it.
    """
    if not settings.landing.is_dir():
        if any(settings.raw.glob("*/accounts/*.json")):
            raise RunError(
                f"{settings.landing} is not there, though extracts were read from it. Nothing was "
                "changed; bring it back (is a disk or share not mounted?) and run again."
            )
        return []
    entries = _entries(settings.landing)
    found = [
        in_utf8(path.name) for path in entries if path.is_dir() and not path.name.startswith(".")
    ]
    loose = [NO_FOLDER] if any(_looked_at(NO_FOLDER, entries, settings.landing)) else []
    return found + loose


def files_of(settings: Settings, source: str) -> list[LandingFile]:
    """The extracts of one source, in order of modification; none where it has no folder.

    Raises:
        UnsettledFileError: A folder of it cannot be listed now.
        RunError: Landing cannot be listed.
    """
    if source == NO_FOLDER:
        return list(_looked_at(NO_FOLDER, _entries(settings.landing), settings.landing))
    folder = _folder(settings, source)
    if folder is None:
        return []
    found = _looked_at(source, sorted(walk(folder, partial(_leave, source))), folder)
    return sorted(found, key=lambda file: (file.mtime_ns, file.name))


def scan(settings: Settings) -> dict[str, list[LandingFile]]:
    """Every extract in the landing folders by source, as `folders` and `files_of` tell them."""
    return {source: files_of(settings, source) for source in folders(settings)}


def walk(folder: Path, failed: Callable[[OSError], None]) -> Iterator[Path]:
    """Every file below a folder; `failed` is called for each folder that cannot be listed."""
    for parent, _, names in os.walk(folder, onerror=failed):
        yield from (Path(parent, name) for name in names)


def orphaned_manifests(settings: Settings, source: str) -> list[str]:
    """Sidecars without their file: names inside the source's folder."""
    folder = settings.landing if source == NO_FOLDER else settings.landing / source
    paths = folder.glob("*") if source == NO_FOLDER else folder.rglob("*")
    return [
        in_utf8(path.relative_to(folder).as_posix())
        for path in sorted(paths)
        if path.name.endswith(MANIFEST_SUFFIX)
        and not path.name.startswith(".")
        and not path.with_name(path.name.removesuffix(MANIFEST_SUFFIX)).is_file()
    ]


def look_at(source: str, path: Path, folder: Path) -> LandingFile:
    """Stat one file and read its sidecar.

    Args:
        source: The source it belongs to.
        path: The file.
        folder: The folder its name is relative to.
    """
    status = path.stat()
    name = in_utf8(path.relative_to(folder).as_posix())
    sidecar = _sidecar(path)
    file = LandingFile(source, name, path, status.st_size, status.st_mtime_ns)
    return _with_manifest(file, sidecar) if sidecar.is_file() else file


def is_litter(path: Path) -> bool:
    """Whether it is a hidden or temporary file, or a sidecar: none of them is an extract.

    Args:
        path: Relative to its folder, or to landing.
    """
    name = path.name.lower()
    return (
        any(part.startswith(".") for part in path.parts)
        or name.startswith("~$")
        or name in _LITTER
        or name.endswith((*_TEMPORARY_SUFFIXES, MANIFEST_SUFFIX))
    )


def _folder(settings: Settings, source: str) -> Path | None:
    """The folder of a source; found by what it is called in UTF-8, where its name is not in it."""
    folder = settings.landing / source
    if folder.is_dir() or not settings.landing.is_dir():
        return folder if folder.is_dir() else None
    entries = _entries(settings.landing)
    return next((path for path in entries if path.is_dir() and in_utf8(path.name) == source), None)


def _entries(landing: Path) -> list[Path]:
    try:
        return sorted(landing.iterdir())
    except OSError as error:
        raise RunError(
            f"{landing} cannot be listed ({error.strerror}). Nothing was changed; let the pipeline "
            "read it and run again."
        ) from error


def _leave(source: str, error: OSError) -> None:
    raise UnsettledFileError(
        f"{source}: the folder {error.filename} cannot be listed ({error.strerror}); its files are "
        "left for the next run."
    ) from error


def _looked_at(source: str, paths: Iterable[Path], folder: Path) -> Iterator[LandingFile]:
    for path in paths:
        if path.is_file() and not is_litter(path.relative_to(folder)):
            # A file that went away since it was listed is none of tonight's.
            with suppress(FileNotFoundError):
                yield _look_at(source, path, folder)


def _look_at(source: str, path: Path, folder: Path) -> LandingFile:
    try:
        return look_at(source, path, folder)
    except PermissionError as error:
        raise UnsettledFileError(
            f"{source}: {error.filename} cannot be read ({error.strerror}); the folder is left for "
            "the next run."
        ) from error


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + MANIFEST_SUFFIX)


def _with_manifest(file: LandingFile, sidecar: Path) -> LandingFile:
    content = sidecar.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    try:
        return replace(
            file, manifest=parse_manifest(content, in_utf8(sidecar.name)), manifest_sha256=digest
        )
    except RejectedFileError as fault:
        return replace(file, manifest_fault=str(fault), manifest_sha256=digest)
