"""What lies in the landing folders: files with their sidecar manifests, and their hashes.

Only looks: nothing is moved, changed or deleted here, and no table is read. A manifest that cannot
be used is remembered with its file, which is then refused with that sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

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

    def require_unchanged(self) -> None:
        """Make sure that what was read is what was looked at.

        Raises:
            UnsettledFileError: The file was written to, replaced or removed meanwhile.
        """
        try:
            now = self.path.stat()
        except FileNotFoundError:
            now = None
        if now is None or (now.st_size, now.st_mtime_ns) != (self.size, self.mtime_ns):
            raise UnsettledFileError(
                f"{self.source}/{self.name} changed while it was read; it is left for the next run."
            )


def scan(settings: Settings) -> dict[str, list[LandingFile]]:
    """List every extract in the landing folders by source, in order of modification.

    Folders without a contract are listed too; a folder without files has an empty list. Files that
    lie in no folder, if there are any, are listed under `NO_FOLDER`.
    """
    if not settings.landing.is_dir():
        return {}
    entries = sorted(settings.landing.iterdir())
    folders = [path for path in entries if path.is_dir()]
    loose = list(_looked_at(NO_FOLDER, entries, settings.landing))
    found = {
        in_utf8(folder.name): sorted(_files_in(folder), key=lambda file: (file.mtime_ns, file.name))
        for folder in folders
        if not folder.name.startswith(".")
    }
    return found | {NO_FOLDER: loose} if loose else found


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
    sidecar = path.with_name(path.name + MANIFEST_SUFFIX)
    file = LandingFile(source, name, path, status.st_size, status.st_mtime_ns)
    return _with_manifest(file, sidecar) if sidecar.is_file() else file


def _files_in(folder: Path) -> Iterator[LandingFile]:
    return _looked_at(in_utf8(folder.name), sorted(folder.rglob("*")), folder)


def _looked_at(source: str, paths: Iterable[Path], folder: Path) -> Iterator[LandingFile]:
    for path in paths:
        if path.is_file() and not _is_litter(path.relative_to(folder)):
            # A file that went away since it was listed is none of tonight's.
            with suppress(FileNotFoundError):
                yield look_at(source, path, folder)


def _is_litter(path: Path) -> bool:
    """Hidden and temporary files, and sidecars: none of them is an extract."""
    name = path.name.lower()
    return (
        any(part.startswith(".") for part in path.parts)
        or name.startswith("~$")
        or name in _LITTER
        or name.endswith((*_TEMPORARY_SUFFIXES, MANIFEST_SUFFIX))
    )


def _with_manifest(file: LandingFile, sidecar: Path) -> LandingFile:
    content = sidecar.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    try:
        return replace(
            file, manifest=parse_manifest(content, in_utf8(sidecar.name)), manifest_sha256=digest
        )
    except RejectedFileError as fault:
        return replace(file, manifest_fault=str(fault), manifest_sha256=digest)
