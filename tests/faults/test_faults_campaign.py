"""A campaign tries what has not been tried, and loses no error on its way."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.campaign import Job, Results, make_trials, random_kills
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


def test_random_kills_are_drawn_as_many_as_were_not_made(results):
    points, moments = random_kills(60_000, 18.5, 6, results)
    assert (len(points), len(moments)) == (3, 3)
    assert all(1 <= kill.at <= 60_000 for kill in points)
    assert all(0 <= kill.seconds <= 18.5 for kill in moments)

    go_on(results, job(points[0].name), job(moments[0].name), job(moments[1].name), job("data 1.0"))
    others, later = random_kills(60_100, 19.5, 6, results)
    assert (len(others), len(later)) == (2, 1)
    made = {points[0].name, moments[0].name, moments[1].name}
    assert not made & {kill.name for kill in (*others, *later)}

    go_on(results, *(job(kill.name) for kill in (*others, *later)))
    assert random_kills(60_050, 17.5, 6, results) == ([], [])
