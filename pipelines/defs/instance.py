"""The one Dagster instance: run history and settings that `qo nightly` and the UI share.

It lives under the data directory, so runs made on the command line show in the UI. No definitions
here. `python -m pipelines.defs.instance` makes the folder and prints its path, for `make dev`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
import dagster as dg

from pipelines.settings import Settings, load_settings

RUNS_KEPT = timedelta(days=180)
"""Older runs leave the history; figures and accounts are in the warehouse, not here."""

_CONFIGURATION = """\
# Written by the pipeline (pipelines/defs/instance.py) and renewed when it differs.
telemetry:
  enabled: false
concurrency:
  pools:
    # Orders the runs that write, one after the other. The kernel lock that every run takes is what
    # keeps two writers apart.
    granularity: run
    default_limit: 1
run_monitoring:
  enabled: true
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: 7
event_log_storage:
  module: pipelines.defs.history
  class: KeptOpenEventLog
  config:
    base_dir: {event_log}
"""


def prepare_home(settings: Settings) -> Path:
    """Make Dagster's home folder with its settings, and return its absolute path."""
    home = settings.dagster_home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    event_log = json.dumps(str(home / "history" / "runs"), ensure_ascii=False)
    content, file = _CONFIGURATION.format(event_log=event_log), home / "dagster.yaml"
    if not file.exists() or file.read_text(encoding="utf-8") != content:
        file.write_text(content, encoding="utf-8")
    return home


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance with the history under the data directory, for a run in this process."""
    with dg.DagsterInstance.from_config(str(prepare_home(settings))) as instance:
        yield instance


def prune(instance: dg.DagsterInstance, now: datetime) -> None:
    """Drop runs from the history that are older than `RUNS_KEPT`."""
    old = dg.RunsFilter(created_before=now - RUNS_KEPT)
    for run_id in instance.get_run_ids(filters=old, limit=1000):
        instance.delete_run(run_id)


if __name__ == "__main__":
    click.echo(prepare_home(load_settings()))
