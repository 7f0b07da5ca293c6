"""Tells somebody of runs that Dagster launched and that failed or were not clean.

Runs of `qo` tell it themselves, where Dagster need not be up for it, and are left out here. A
message that cannot be delivered fails the tick of the sensor, which the UI shows.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

import dagster as dg

from pipelines.alerts.channels import UndeliveredError
from pipelines.alerts.message import Message, Run, of_outcome
from pipelines.alerts.notify import notify
from pipelines.defs.keys import WAREHOUSE
from pipelines.nightly import (
    LAUNCHED_BY,
    NOT_PUBLISHED,
    PUBLISHED,
    PUBLISHED_WITH_REJECTIONS,
    Outcome,
)
from pipelines.problems import Problem, is_published, problems
from pipelines.rejections import Rejection
from pipelines.settings import load_settings


@dg.run_failure_sensor(
    name="alert_on_failure",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Báo khi lần chạy thất bại · tells somebody that a run failed.",
)
def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
    """Tell why nothing was published, or what failed once it was."""
    events = _events(context)
    why = tuple(problems(events))
    warehouse = _warehouse(events) if is_published(events) else None
    if warehouse is None:
        _tell(context, Outcome(NOT_PUBLISHED, problems=why), None)
    else:
        _tell(context, *_published(warehouse, why))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="alert_on_unclean",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Báo khi có phần bị loại hoặc nguồn chậm · tells what a run had to leave out.",
)
def alert_on_unclean(context: dg.RunStatusSensorContext) -> None:
    """Tell what was rejected, left for the next run, or late; only a run that published knows."""
    if (warehouse := _warehouse(_events(context))) is not None:
        _tell(context, *_published(warehouse))


def _warehouse(events: Iterable[dg.DagsterEvent]) -> dg.AssetMaterialization | None:
    """What the run said of the edition that it published."""
    for event in events:
        if event.is_step_materialization and event.asset_key == WAREHOUSE:
            return event.step_materialization_data.materialization
    return None


def _published(
    warehouse: dg.AssetMaterialization, afterwards: Sequence[Problem] = ()
) -> tuple[Outcome, date]:
    found = {name: value.value for name, value in warehouse.metadata.items()}
    rejected = [Rejection(*map(str, each)) for each in cast("list[list[str]]", found["rejected"])]
    unsettled, stale = (cast("list[str]", found[name]) for name in ("unsettled", "stale"))
    is_clean = not (rejected or unsettled or afterwards)
    outcome = Outcome(
        PUBLISHED if is_clean else PUBLISHED_WITH_REJECTIONS,
        rejections=rejected,
        unsettled=unsettled,
        stale=stale,
        afterwards=afterwards,
    )
    return outcome, date.fromisoformat(str(found["as_of"]))


def _events(context: dg.RunStatusSensorContext) -> list[dg.DagsterEvent]:
    entries = context.instance.all_logs(context.dagster_run.run_id)
    return [entry.dagster_event for entry in entries if entry.dagster_event is not None]


def _tell(context: dg.RunStatusSensorContext, outcome: Outcome, as_of: date | None) -> None:
    run = context.dagster_run
    if LAUNCHED_BY in run.tags:
        return
    settings = load_settings()
    command = f"Dagster, job {run.job_name}, run {run.run_id}"
    message: Message | None = of_outcome(Run(command, settings, as_of), outcome)
    if message is None:
        return
    context.log.warning(message.text)
    if failed := notify(settings.alert, message, context.log.info):
        raise UndeliveredError("; ".join(failed))
