"""Nights killed at the most telling points; `python -m tests.faults` kills them at all."""

from __future__ import annotations

import pytest

from tests.faults.shim import Point
from tests.faults.trials import Kill, put_in_place, structural

pytestmark = pytest.mark.long

TELLING = {
    "an account is put in place": ("r", "raw/dossiers/accounts/", ".json"),
    "the snapshot gets its working name": ("l", "warehouse/snapshots/", ".partial"),
    "the edition comes out": ("r", "warehouse/warehouse.duckdb", ""),
    "the snapshot gets its name": ("r", "warehouse/snapshots/", ".duckdb"),
}
"""Kind, beginning and end of the path of the first point of its like."""


@pytest.mark.parametrize("moment", TELLING)
def test_killed_there_the_edition_is_whole_and_the_next_run_mends_all(bench, points, moment):
    trial = bench.try_kill(put_in_place(points, *TELLING[moment]))
    assert trial.faults == ()
    assert trial.questions > 0
    came_out = moment == "the snapshot gets its name"
    assert trial.published == ("new" if came_out else "old")


def test_killed_while_the_load_is_written_the_edition_is_whole(bench, points):
    log = "warehouse/build.duckdb.wal"
    number = next(point.number for point in points if (point.kind, point.path) == ("w", log))
    trial = bench.try_kill(Kill("data", number))
    assert (trial.faults, trial.published) == ((), "old")


def test_the_library_sees_every_kind_of_writer(points):
    seen = {(point.kind, point.path.partition("/")[0]) for point in points}
    assert ("w", "raw") in seen, "Polars"
    assert ("w", "warehouse") in seen, "DuckDB"
    assert {("r", "raw"), ("r", "warehouse"), ("s", "warehouse"), ("l", "warehouse")} <= seen


def test_states_between_structural_points_are_all_tried():
    def log(*kinds_and_paths: str) -> list[Point]:
        return [
            Point(number, "+", each[0], 0, each[1:], "")
            for number, each in enumerate(kinds_and_paths, start=1)
        ]

    points = log("ca", "wa", "wa", "wa", "wa", "sa", "wb", "wa", "rb", "sb")
    assert [point.number for point in structural(points)] == [1, 2, 3, 5, 7, 8, 9]
