"""Starts the nightly job when an extract lands or is replaced.

The cursor remembers the whole listing (name, size and modification time of every file), not the
time of a folder: a file replaced in place changes no folder. A listing that still changes from one
look to the next is left to settle, so that no half-copied file is read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import dagster as dg

from pipelines.defs.jobs import NIGHTLY
from pipelines.news import listing, remembered
from pipelines.settings import Settings, load_settings


@dataclass(frozen=True)
class LandingCursor:
    """What the sensor saw last, and what it last started a run for."""

    seen: str
    handled: str


@dg.sensor(
    name="new_extract",
    job_name=NIGHTLY,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Chạy khi có tệp mới hoặc được thay · runs when an extract lands or is replaced.",
)
def new_extract(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Compare landing with the cursor, and ask for a run once it has settled."""
    settings = load_settings()
    now = landing_digest(settings)
    before = _read_cursor(context.cursor) or LandingCursor("", _digest_of_publication(settings))
    if now == before.handled:
        return _skip(LandingCursor(now, now), "Nothing new under landing.")
    if now != before.seen:
        cursor = LandingCursor(now, before.handled)
        return _skip(cursor, "Landing has changed; looking again before a run is started.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=now)],
        cursor=json.dumps(asdict(LandingCursor(now, now))),
    )


def landing_digest(settings: Settings) -> str:
    """One hash over the listing of landing; of nothing at all it is empty."""
    return _digest(listing(settings))


def _digest_of_publication(settings: Settings) -> str:
    """The digest of the landing that the last publication was made from."""
    published = remembered(settings)
    if published is None:
        return ""
    return _digest({name: (e.size, e.mtime_ns) for name, e in published.landing.items()})


def _digest(files: dict[str, tuple[int, int]]) -> str:
    if not files:
        return ""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:32]


def _read_cursor(text: str | None) -> LandingCursor | None:
    return LandingCursor(**json.loads(text)) if text else None


def _skip(cursor: LandingCursor, reason: str) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=dg.SkipReason(reason), cursor=json.dumps(asdict(cursor)))
