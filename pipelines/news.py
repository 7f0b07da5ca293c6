"""What a run would find new: one fingerprint of everything that figures depend on.

Extracts and manifests (by content), contracts, seeds and code, and the as-of date. The fingerprint
of the last publication lies beside the warehouse, left there by the step that publishes, whoever
started its run; a run whose own is the same has nothing to do but renew the publication stamp.
Deciding that takes neither dbt nor Great Expectations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.contracts.loader import load_contracts
from pipelines.extracts.landing import folders, is_litter, walk
from pipelines.settings import PROJECT_DIR, Settings

_CODE = ("pipelines", "dbt_project", "expectations")
_CODE_SUFFIXES = frozenset(
    {".py", ".sql", ".yml", ".yaml", ".csv", ".md", ".html", ".j2", ".css", ".js", ".svg", ".docx"}
)
_CODE_FILES = ("requirements.lock",)
_STATE = "published_from.json"


@dataclass(frozen=True)
class LandingEntry:
    """One file under landing, as a listing shows it, and what it holds (empty: not read)."""

    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True)
class Fingerprint:
    """What a publication is made from.

    Attributes:
        as_of: The as-of date.
        code: One hash over code, models, seeds, suites and pinned libraries.
        contracts: Version of every source's contract.
        landing: Every file under landing by its path there.
    """

    as_of: str
    code: str
    contracts: Mapping[str, str]
    landing: Mapping[str, LandingEntry]

    def same_inputs(self, other: Fingerprint) -> bool:
        """Whether both would give the same figures: times of files do not matter.

        A file that could not be read is news until it can.
        """
        unreadable = any(not entry.sha256 for entry in self.landing.values())
        return not unreadable and self._inputs() == other._inputs()

    def as_taken(self, taken: Mapping[str, str | None]) -> Fingerprint:
        """The same, in which all that a run did not take as it lay there is news to the next one.

        It was left, or came, went or was replaced between the look at landing and the reading; the
        next run may find there again what this one saw and did not read.

        Args:
            taken: Hash of what was judged of each file, by path there; None of one that the
                contract leaves aside.
        """
        landing = {
            name: entry if _was_taken(name, entry, taken) else replace(entry, sha256="")
            for name, entry in self.landing.items()
        }
        return replace(self, landing=landing)

    def _inputs(self) -> tuple[object, ...]:
        contents = {name: entry.sha256 for name, entry in self.landing.items()}
        return self.as_of, self.code, self.contracts, contents


def fingerprint(settings: Settings, as_of: date, known: Fingerprint | None = None) -> Fingerprint:
    """Take the fingerprint of what lies there now.

    Args:
        settings: The run's settings.
        as_of: The run's as-of date.
        known: An earlier fingerprint; files of unchanged size and time are not hashed again.

    Raises:
        ConfigurationError: A contract is not valid.
    """
    hashed = known.landing if known else {}
    return Fingerprint(
        as_of=as_of.isoformat(),
        code=hash_of_code(),
        contracts={name: item.version for name, item in load_contracts(settings).items()},
        landing={
            name: _entry(settings.landing / name, size, mtime_ns, hashed.get(name))
            for name, (size, mtime_ns) in listing(settings).items()
        },
    )


def listing(settings: Settings) -> dict[str, tuple[int, int]]:
    """Size and modification time (ns) of every file under landing, by path; no dot files.

    A folder that cannot be listed stands for what it may hold, as a name that ends with a slash.

    Raises:
        RunError: Landing itself cannot be listed, or is gone.
    """
    folders(settings)
    closed: list[str] = []
    files = sorted(walk(settings.landing, lambda error: closed.append(error.filename)))
    found = {f"{Path(name).relative_to(settings.landing)}/": (0, 0) for name in closed}
    for path in files:
        name = path.relative_to(settings.landing)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            status = path.stat()
            found[name.as_posix()] = (status.st_size, status.st_mtime_ns)
    return found


def hash_of_code() -> str:
    """One hash over code, models, seeds, suites and pinned libraries as they lie on the disk."""
    digest = hashlib.sha256()
    for path in _code_files():
        digest.update(path.relative_to(PROJECT_DIR).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def remembered(settings: Settings) -> Fingerprint | None:
    """The fingerprint of the last publication; None when there is none that can be read."""
    try:
        stored = json.loads(_state_file(settings).read_text(encoding="utf-8"))
        landing = {name: LandingEntry(**entry) for name, entry in stored.pop("landing").items()}
        return Fingerprint(landing=landing, **stored)
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None


def remember(settings: Settings, published: Fingerprint) -> None:
    """Keep the fingerprint of what has just been published."""
    target = _state_file(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(published), indent=1), encoding="utf-8")
    temporary.replace(target)


def forget(settings: Settings) -> None:
    """Make the next run a full one: what is published is about to differ from what is kept."""
    _state_file(settings).unlink(missing_ok=True)


def _state_file(settings: Settings) -> Path:
    return settings.warehouse_dir / _STATE


def _entry(path: Path, size: int, mtime_ns: int, known: LandingEntry | None) -> LandingEntry:
    if known and known.sha256 and (known.size, known.mtime_ns) == (size, mtime_ns):
        return known
    try:
        with path.open("rb") as file:
            return LandingEntry(size, mtime_ns, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError:
        return LandingEntry(size, mtime_ns, sha256="")


def _was_taken(name: str, entry: LandingEntry, taken: Mapping[str, str | None]) -> bool:
    if name in taken:
        return taken[name] in (None, entry.sha256)
    return is_litter(Path(name))


def _code_files() -> Iterable[Path]:
    for folder in _CODE:
        for path in sorted((PROJECT_DIR / folder).rglob("*")):
            if path.suffix in _CODE_SUFFIXES and "target" not in path.parts:
                yield path
    yield from (PROJECT_DIR / name for name in _CODE_FILES)
