"""Stands around a command that runs the job, so that whatever comes of it is told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipelines.alerts.message import Message, Run, of_error, of_outcome
from pipelines.alerts.notify import channels, notify
from pipelines.nightly import Outcome
from pipelines.reports.terminal import RunOutput
from pipelines.settings import Settings, load_alert_settings


def watched(
    command: str,
    load: Callable[[], Settings],
    run: Callable[[Settings], Outcome],
    *,
    now: datetime,
    output: RunOutput,
) -> Outcome:
    """Do a run, and tell of it unless all was well.

    Args:
        command: What people call it.
        load: Gives its settings.
        run: Does it.
        now: The instant it starts, aware.
        output: Is told how the telling went.

    Raises:
        Exception: Whatever the run raises, once it was told.
    """
    settings: Settings | None = None

    def tell(message: Message) -> None:
        alert = load_alert_settings() if settings is None else settings.alert
        # With nobody named the output of the run, which says it all, is the only place.
        if any(channels(alert)):
            notify(alert, message, output.say)

    try:
        settings = load()
        outcome = run(settings)
    except Exception as error:
        tell(of_error(_run(command, settings, now), error))
        raise
    message = of_outcome(_run(command, settings, now), outcome)
    if message is not None:
        tell(message)
    return outcome


def _run(command: str, settings: Settings | None, now: datetime) -> Run:
    return Run(command, settings, None if settings is None else settings.evaluation_date(now))
