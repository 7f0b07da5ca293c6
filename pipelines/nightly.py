"""The main job as a plain function: extracts in, published warehouse out, and how it went.

Under the writer lock it asks first whether anything is new. If not, only the publication stamp is
renewed, without dbt or Great Expectations, and reports that are missing are written. Otherwise
Dagster runs the job `nightly` in this process, with the history that the UI shows. What is said at
the end comes from what was published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines import news
from pipelines.contracts.loader import load_contracts
from pipelines.errors import ConfigurationError
from pipelines.problems import REPORTS, Problem, problems
from pipelines.recovery import bring_in_step, is_made_anew, told_in_a_sentence
from pipelines.rejections import Rejection, rejections
from pipelines.reports.terminal import RunOutput
from pipelines.scratch import scratch
from pipelines.settings import Settings
from pipelines.warehouse.lock import writer_lock

if TYPE_CHECKING:
    from dagster import (
        AssetKey,
        DagsterInstance,
        Definitions,
        ExecuteInProcessResult,
    )

PUBLISHED, NOT_PUBLISHED, MISUSED, PUBLISHED_WITH_REJECTIONS = 0, 1, 2, 3
"""Exit statuses of a run."""

NIGHTLY, REBUILD = "qo nightly", "qo rebuild"
"""The commands that run the job in their own process."""

CODE_LOCATION = "pipelines.definitions"
LAUNCHED_BY = "qo/launched_by"


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: Its exit status.
        nothing_new: Only the publication stamp was renewed.
        rejections: What it refused or quarantined, or is the first to publish so.
        unsettled: Files left for the next run, a sentence each.
        stale: Sources that are late, a sentence each.
        problems: Why nothing was published.
        afterwards: What failed once the edition was out.
    """

    status: int
    nothing_new: bool = False
    rejections: Sequence[Rejection] = ()
    unsettled: Sequence[str] = ()
    stale: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    afterwards: Sequence[Problem] = ()


def run_nightly(settings: Settings, *, now: datetime, output: RunOutput) -> Outcome:
    """Do the main job once.

    Args:
        settings: The run's settings; its as-of date may be set.
        now: The instant the run starts, aware.
        output: Is told what happens.

    Raises:
        ConfigurationError: A contract or an expectation suite is not valid; nothing was started.
        RunError: Another writer did not finish in time, or publishing failed.
    """
    load_contracts(settings)
    settings = settings.model_copy(update={"as_of": settings.evaluation_date(now)})
    output.say(f"nightly: {settings.data_dir}, as of {settings.as_of}")
    with told_in_a_sentence(), writer_lock(settings, purpose="nightly run", say=output.say):
        outcome = _run(settings, now, output)
    tell(settings, outcome, output)
    return outcome


def _run(settings: Settings, now: datetime, output: RunOutput) -> Outcome:
    known = news.remembered(settings)
    found = news.fingerprint(settings, settings.evaluation_date(now), known)
    is_in_step = bring_in_step(settings, output.say)
    if known is not None and found.same_inputs(known) and is_in_step:
        return _renew_stamp(settings, now, found, output)
    outcome = run_job(settings, now, found, output)
    if outcome.status == NOT_PUBLISHED:
        output.working_on("looking for damage")
        if is_made_anew(settings, output.say):
            outcome = run_job(settings, now, found, output)
    return outcome


def _renew_stamp(
    settings: Settings, now: datetime, found: news.Fingerprint, output: RunOutput
) -> Outcome:
    from pipelines.warehouse.publish import publish

    publication = publish(
        settings,
        published_at=now,
        as_of=settings.evaluation_date(now),
        run_id="",
        nothing_new=True,
        say=output.say,
    )
    news.remember(settings, found)
    output.say("Nothing new: the same extracts, manifests, contracts, seeds, code and as-of date.")
    output.say(f"publish: only the stamp is new, {publication.published_at:%d/%m/%Y %H:%M:%S}")
    for warning in publication.warnings:
        output.say(f"publish: warning: {warning}")
    stale = _stale(settings, now)
    for sentence in stale:
        output.say(f"freshness: {sentence}")
    lacking = _missing_reports(settings, output)
    status = PUBLISHED_WITH_REJECTIONS if lacking else PUBLISHED
    return Outcome(status, nothing_new=True, stale=stale, afterwards=lacking)


def _missing_reports(settings: Settings, output: RunOutput) -> list[Problem]:
    """Write the reports if they are not those of this edition; returns why some could not be."""
    from pipelines.reports.write import ReportError, ensure_reports

    output.working_on("reports")
    try:
        ensure_reports(settings, say=output.say)
    except ReportError as error:
        return [Problem(fault, step=REPORTS) for fault in error.faults]
    return []


def _stale(settings: Settings, now: datetime) -> list[str]:
    from pipelines.freshness import freshness
    from pipelines.warehouse.connect import open_published

    contracts, as_of = load_contracts(settings).values(), settings.evaluation_date(now)
    with open_published(settings) as connection:
        found = freshness(settings, connection, contracts, as_of)
    return [str(source) for source in found if source.is_stale]


def run_job(
    settings: Settings,
    now: datetime,
    found: news.Fingerprint | None,
    output: RunOutput,
    *,
    command: str = NIGHTLY,
    reads_landing: bool = True,
) -> Outcome:
    """Let Dagster do it, and read from its events why it failed if it did.

    Call it under the writer lock, with the working database brought in step.

    Args:
        settings: The run's settings, with its as-of date.
        now: The instant the run starts, aware.
        found: What the edition is made from, to be remembered once it is out.
        output: Is told what happens.
        command: Who starts the run, for its history.
        reads_landing: Whether new extracts are read; without, what lies in raw/ is all there is.
    """
    output.working_on("starting")
    from pipelines.defs.resources import SESSION, Session

    session = Session(
        settings, now, output.say, output.working_on, found, reads_landing=reads_landing
    )
    edition = _published_file(settings)
    why = _do_job(settings, now, {SESSION: session}, command, reads_landing=reads_landing)
    if why and _published_file(settings) == edition:
        held_back = rejections(session.ingested, {}, {})
        return Outcome(NOT_PUBLISHED, rejections=held_back, problems=why)
    is_clean = not session.rejected and not session.unsettled and not why
    status = PUBLISHED if is_clean else PUBLISHED_WITH_REJECTIONS
    return Outcome(
        status,
        rejections=session.rejected,
        unsettled=session.unsettled,
        stale=session.stale,
        afterwards=why,
    )


def _published_file(settings: Settings) -> int | None:
    """Tells one published file from the next, which is made while the old one is still there."""
    return settings.published.stat().st_ino if settings.published.exists() else None


def _do_job(
    settings: Settings,
    now: datetime,
    resources: Mapping[str, object],
    command: str,
    *,
    reads_landing: bool,
) -> tuple[Problem, ...]:
    """Let Dagster do the job; why it failed if it did."""
    from sqlalchemy.exc import SQLAlchemyError

    from pipelines.defs.instance import open_instance, prune
    from pipelines.defs.resources import using

    try:
        with scratch(settings), using(settings), open_instance(settings) as instance:
            _close_dead_runs(instance)
            result = _execute(instance, resources, command, reads_landing=reads_landing)
            prune(instance, now)
    except SQLAlchemyError as error:
        reason = str(error.__cause__ or error).partition("\n")[0]
        told = f"Dagster's run history in {settings.dagster_home} cannot be used: {reason}."
        return (Problem(f"{told} Is the disk full, or may it not be written?"),)
    except OSError as error:
        return (Problem(f"{error.strerror or error}: {error.filename or settings.data_dir}."),)
    return () if result.success else tuple(problems(result.all_events))


def _execute(
    instance: DagsterInstance,
    resources: Mapping[str, object],
    command: str,
    *,
    reads_landing: bool,
) -> ExecuteInProcessResult:
    from pipelines.definitions import defs
    from pipelines.defs.jobs import NIGHTLY as JOB

    definitions = defs()
    job = definitions.resolve_job_def(JOB)
    if not reads_landing:
        # A selection made by the execution itself does not go with resources handed to it.
        job = job.get_subset(asset_selection=_all_but_ingest(definitions))
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    tags = {
        # Lists the run under the job's name in the UI.
        ".dagster/repository": f"__repository__@{CODE_LOCATION}",
        LAUNCHED_BY: command,
    }
    return job.execute_in_process(
        instance=instance,
        resources=resources,
        run_config=quiet,
        tags=tags,
        raise_on_error=False,
    )


def _all_but_ingest(definitions: Definitions) -> AbstractSet[AssetKey]:
    from dagster import AssetSelection

    from pipelines.defs.ingest import GROUP

    selection = AssetSelection.all() - AssetSelection.groups(GROUP)
    return selection.resolve(definitions.resolve_asset_graph())


def _close_dead_runs(instance: DagsterInstance) -> None:
    """Mark runs of ours as failed that a kill left unfinished: we hold the lock, so none lives."""
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = RunsFilter(
        tags={LAUNCHED_BY: [NIGHTLY, REBUILD]},
        statuses=[DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING],
    )
    for run in instance.get_runs(filters=unfinished):
        instance.report_run_failed(run, "The process of this run ended before the run did.")


def tell(settings: Settings, outcome: Outcome, output: RunOutput) -> None:
    """Say how a run ended, with the scorecard of what it published and where everything is."""
    for problem in outcome.problems:
        output.say(f"not published: {problem}")
    for rejection in outcome.rejections:
        output.say(f"rejected: {rejection.name}: {rejection.sentence}")
    for problem in outcome.afterwards:
        if problem.step == REPORTS:
            output.say(f"report: not written: {problem}")
        else:
            output.say(f"warning: the edition came out, then something failed: {problem}")
    if outcome.status == NOT_PUBLISHED:
        output.say(f"Nothing was published; {settings.published} is as it was.")
        return
    _show_scorecard(settings, output)
    for name, path in _places(settings).items():
        output.say(f"{name}: {path}")


def _show_scorecard(settings: Settings, output: RunOutput) -> None:
    from pipelines.reports.edition import published_edition
    from pipelines.reports.figures import figures
    from pipelines.reports.scorecard import render

    with published_edition(settings) as edition:
        period = edition.newest_year()
        try:
            found = figures(edition, period)
        except ConfigurationError as nothing:
            output.say(str(nothing))
        else:
            output.show(render(edition, found, period))


def _places(settings: Settings) -> Mapping[str, object]:
    return {
        "reports": settings.reports / "index.html",
        "warehouse": settings.published,
        "snapshots": settings.snapshot_dir,
        "extracts": settings.landing,
        "run history": f"{settings.dagster_home} (make dev)",
    }
