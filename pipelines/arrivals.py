"""When each file under landing was first seen by runs that did not come to their end.

Between extracts of one date the order of arrival decides. A run that was killed after it had read
the files of one source had seen those of the others as well, and the run after it has to treat them
so. What was seen is noted before the first file is read, and dropped when an edition is out: from
then on the accounts of the extracts know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pipelines.news import LandingEntry
from pipelines.settings import Settings

_STATE = ".seen.json"


@dataclass(frozen=True)
class Seen:
    """One file under landing.

    Attributes:
        size: Bytes.
        mtime_ns: Modification time.
        sha256: Hash of its bytes; empty where they could not be read.
        at: Start of the run that was the first to see these bytes there, an aware instant.
    """

    size: int
    mtime_ns: int
    sha256: str
    at: datetime


def note(
    settings: Settings, landing: Mapping[str, LandingEntry], run_at: datetime
) -> dict[str, Seen]:
    """Write down what a run sees under landing, and tell when it was first seen, by path there.

    Args:
        settings: Where the note lies.
        landing: What the run found when it began.
        run_at: When that was, aware.
    """
    earlier, seen = _noted(settings), {}
    for name, entry in landing.items():
        before = earlier.get(name)
        is_known = before is not None and before.sha256 == entry.sha256 != ""
        seen[name] = Seen(**asdict(entry), at=before.at if before and is_known else run_at)
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    kept = {name: asdict(each) | {"at": each.at.isoformat()} for name, each in seen.items()}
    temporary.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    temporary.replace(path)
    return seen


def drop(settings: Settings) -> None:
    """An edition is out: what its run saw has its accounts, or is seen for the first time again."""
    _path(settings).unlink(missing_ok=True)


def _noted(settings: Settings) -> dict[str, Seen]:
    try:
        kept = json.loads(_path(settings).read_text(encoding="utf-8"))
        return {
            name: Seen(**entry | {"at": datetime.fromisoformat(entry["at"])})
            for name, entry in kept.items()
        }
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        # A note that cannot be read costs the order of tonight's arrivals, not the night.
        return {}


def _path(settings: Settings) -> Path:
    return settings.raw / _STATE
