"""A campaign tries what has not been tried, and loses no error on its way."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.campaign import Job, Results, make_trials
from tests.faults.trials import Trial

WORKERS = ["one", "another"]


def job(name: str) -> Job:
    return Job(name, lambda _: Trial(name, "", "old", (3,), 1, ()))


def failing(worker: object) -> Trial:
    raise RuntimeError("the trial itself went wrong")


def names(results: Results) -> list[str]:
    return sorted(found["name"] for found in results.all())


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "trials.jsonl", "this code")


def go_on(results: Results, *jobs: Job, minutes: float = 1) -> None:
    make_trials(WORKERS, [*jobs], results, lambda _: None, time.monotonic() + 60 * minutes)


def test_each_is_tried_once_whoever_does_it_and_however_often_it_is_started(results):
    go_on(results, job("a"), job("b"), job("a"))
    go_on(results, job("b"), job("c"))
    assert names(results) == ["a", "b", "c"]


def test_what_other_code_did_does_not_count(results):
    go_on(Results(results.path, "other code"), job("a"))
    assert names(results) == []
    go_on(results, job("a"))
    assert names(results) == ["a"]


def test_when_the_time_is_over_nothing_more_is_begun(results):
    go_on(results, job("a"), minutes=0)
    assert names(results) == []


def test_an_error_of_one_worker_is_not_lost(results):
    with pytest.raises(RuntimeError, match="went wrong"):
        go_on(results, Job("a", failing), job("b"), job("c"))
