"""Nights cut short at the most telling points; `python -m tests.faults` does so at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.points import DATA, NAMES, placed, structural
from tests.faults.shim import Point
from tests.faults.trials import Kill, Shot

pytestmark = pytest.mark.long

TELLING = {
    "an account is put in place": ("r", "raw/dossiers/accounts/", ".json"),
    "the snapshot gets its working name": ("l", "warehouse/snapshots/", ".partial"),
    "the edition comes out": ("r", "warehouse/warehouse.duckdb", ""),
    "the snapshot gets its name": ("r", "warehouse/snapshots/", ".duckdb"),
}
"""Kind, beginning and end of the path of the first point of its like."""


@pytest.fixture(scope="module")
def photographed(bench, points):
    """A night, photographed before everything that gets its name."""

    def all_of_them(*_: object) -> bool:
        return True

    return bench.photograph(NAMES, choose=all_of_them, keep=all_of_them)


@pytest.fixture(scope="module")
def shots(photographed):
    """Its photographs, in order."""
    return photographed.kept


def shot_of(shots: list[Shot], moment: str) -> Shot:
    kind, beginning, end = TELLING[moment]
    return next(
        shot
        for shot in shots
        if shot.point.kind == kind
        and shot.point.path.startswith(beginning)
        and shot.point.path.endswith(end)
    )


@pytest.mark.parametrize("moment", TELLING)
def test_photographed_there_the_edition_is_whole_and_the_next_run_mends_all(
    bench, shots, moment, tell
):
    trial = bench.try_state(shot_of(shots, moment))
    assert trial.faults == ()
    assert trial.questions > 0
    published = "new" if moment == "the snapshot gets its name" else "old"
    assert trial.published == published
    tell(f"cut short before {moment}", f"the {published} edition, whole; the next run mends all")


def test_a_reader_beside_a_night_that_waits_is_answered(photographed):
    assert photographed.asked.questions > 0
    assert photographed.asked.errors == []


def test_a_kill_leaves_what_the_photograph_shows(bench, shots):
    trial = bench.try_kill_as_photographed(shot_of(shots, "the snapshot gets its name"))
    assert (trial.faults, trial.published) == ((), "new")


def test_a_kill_that_leaves_something_else_is_a_fault(bench, shots):
    shot = shot_of(shots, "an account is put in place")
    another = shot_of(shots, "the edition comes out")
    trial = bench.try_kill_as_photographed(replace(shot, photograph=another.photograph))
    assert any(fault.startswith("not as photographed: raw/") for fault in trial.faults)


def test_killed_while_the_load_is_written_the_edition_is_whole(bench, points):
    log = "warehouse/build.duckdb.wal"
    number = next(point.number for point in points if (point.kind, point.path) == ("w", log))
    trial = bench.try_kill(Kill(DATA, number))
    assert (trial.faults, trial.published) == ((), "old")


def test_the_library_sees_every_kind_of_writer(points):
    seen = {(point.kind, point.path.partition("/")[0]) for point in points}
    assert ("w", "raw") in seen, "Polars"
    assert ("w", "warehouse") in seen, "DuckDB"
    assert {("r", "raw"), ("r", "warehouse"), ("s", "warehouse"), ("l", "warehouse")} <= seen


def log(*kinds_and_paths: str) -> list[Point]:
    return [
        Point(number, "+", each[0], 0, each[1:], "")
        for number, each in enumerate(kinds_and_paths, start=1)
    ]


def test_states_between_structural_points_are_all_tried():
    points = log("ca", "wa", "wa", "wa", "wa", "sa", "wb", "wa", "rb", "sb")
    assert [point.number for point in structural(points)] == [1, 2, 3, 5, 7, 8, 9]


def places(*kinds_and_paths: str) -> dict[str, str]:
    return {str(place): str(point) for place, point in placed(log(*kinds_and_paths))}


def test_a_write_more_moves_no_other_place():
    one, more = places("ca", "wa", "sa", "wa", "rb"), places("ca", "wa", "wa", "sa", "wa", "rb")
    assert len(one) == 5
    assert more == one | {"1.2": "write a"}
