"""What a run holds from its first step to its last: the writer lock, its settings and its clock.

The in-process executor makes the resource once per run, so the lock is held for the whole of it;
it is reentrant within a process. Whoever starts a run inside a process of their own (`qo nightly`)
hands in settings and a session made already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import dagster as dg

from pipelines import arrivals, news
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.filemode import for_group_only
from pipelines.printable import one_line
from pipelines.scratch import scratch
from pipelines.settings import LOCAL_ZONE, Settings, load_settings

if TYPE_CHECKING:
    from pipelines.extracts.outcome import IngestOutcome
    from pipelines.rejections import Rejection

SESSION = "session"
"""Key of the resource that every asset of the pipeline requires."""
WRITER_POOL = "writer"
"""Dagster's pool of the steps that write; its limit of 1 only orders runs."""
OWNERS = ["team:data"]

_given: ContextVar[Settings | None] = ContextVar("settings", default=None)


@dataclass(frozen=True)
class Session:
    """One run's settings, clock and voice.

    Attributes:
        settings: Read when the run began.
        run_at: When it began.
        say: Takes a line for the log.
        working_on: Takes what is going on right now, which a terminal overwrites.
        found: What lay there when the run began, to be remembered if it publishes; None when that
            cannot be said.
        reads_landing: Whether files of landing/ are read; otherwise raw/ is all there is.
        ingested: What ingest did, by source; filled while the run goes on.
        rejected: What the edition shows as refused or quarantined for the first time, once it is
            out.
        stale: Sentences on sources that are late, once freshness was looked at.
    """

    settings: Settings
    run_at: datetime
    say: Callable[[str], None]
    working_on: Callable[[str], None] = lambda _: None
    found: news.Fingerprint | None = None
    reads_landing: bool = True
    ingested: dict[str, IngestOutcome] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    @property
    def as_of(self) -> date:
        """The as-of date of the run."""
        return self.settings.evaluation_date(self.run_at)

    @cached_property
    def contracts(self) -> Mapping[str, Contract]:
        """The contracts in force, by source; read once in a run."""
        return load_contracts(self.settings)

    @cached_property
    def seen(self) -> Mapping[str, arrivals.Seen]:
        """When each file under landing was first seen, by path; noted when first asked for."""
        if self.found is None:
            return {}
        return arrivals.note(self.settings, self.found.landing, self.run_at)

    @property
    def unsettled(self) -> list[str]:
        """Sentences on files that are left for the next run."""
        return [sentence for found in self.ingested.values() for sentence in found.unsettled]


@contextmanager
def using(settings: Settings) -> Iterator[None]:
    """Load definitions with these settings instead of the environment's."""
    token = _given.set(settings)
    try:
        yield
    finally:
        _given.reset(token)


def settings_in_force() -> Settings:
    """The settings that definitions are made with; those of a run are its session's."""
    return _given.get() or load_settings()


@dg.definitions
def resources() -> dg.Definitions:
    """The session and the executor of every run."""
    loaded_code = news.hash_of_code()

    def open_session(context: dg.InitResourceContext) -> Iterator[Session]:
        yield from _open_session(context, loaded_code)

    return dg.Definitions(
        resources={SESSION: dg.ResourceDefinition(open_session)},
        executor=dg.in_process_executor,
    )


def _open_session(context: dg.InitResourceContext, loaded_code: str) -> Iterator[Session]:
    """The session of a run that Dagster started by itself."""
    from pipelines.recovery import bring_in_step
    from pipelines.warehouse.lock import writer_lock

    settings = settings_in_force()
    log = context.log or dg.get_dagster_logger()

    def say(line: str) -> None:
        log.info(one_line(line))

    purpose = f"Dagster run {context.run.run_id}" if context.run else "Dagster run"
    with for_group_only(), writer_lock(settings, purpose=purpose, say=say):
        now = datetime.now(LOCAL_ZONE)
        found = news.fingerprint(settings, settings.evaluation_date(now), news.remembered(settings))
        if found.code != loaded_code:
            say("The code has changed since it was loaded here: reload it to run the new one.")
        bring_in_step(settings, say)
        with scratch(settings):
            yield Session(settings, now, say, found=found if found.code == loaded_code else None)
