"""A disk that is full, that fails, or that may not be written to."""

from __future__ import annotations

import pytest

from pipelines.settings import Settings
from tests.faults import shim
from tests.faults.compare import differences
from tests.faults.shim import CLAIMS, Orders, Point
from tests.faults.trials import Bench

pytestmark = pytest.mark.long

STEPS = {
    "reading extracts": "raw/",
    "loading": "warehouse/build.duckdb",
    "compiling the models": ".dbt/",
    "writing Dagster's history": ".dagster/",
    "copying the edition": "warehouse/warehouse.duckdb.partial",
    "keeping the snapshot": "warehouse/snapshots/",
}
"""The path at which a step first claims room."""
FULL = ("No space left on device", "Is the disk full")
"""What the system says, or what is asked where SQLite of the history notices first."""
LONG_STEPS = 40
"""At how many points, evenly spread, the disk is full or fails in `make faults`."""


@pytest.fixture(scope="module")
def claims(bench: Bench) -> list[Point]:
    """The points of the night that claim room, numbered among themselves."""
    with bench.data_directory() as data_dir:
        log = bench.folder / "claims.log"
        orders = Orders(str(data_dir), kinds=CLAIMS, log=str(log))
        ended = bench.warm.run(data_dir, "nightly", orders=orders, QO_THREADS="1")
        assert ended.status == 3, ended.said
    return [point for point in shim.points(log) if point.mark == "+"]


@pytest.mark.parametrize("step", STEPS)
def test_disk_full(night, tell, step):
    ended = night.run(orders=shim.full_disk(night.data_dir, 1, include=STEPS[step]))
    assert ended.status == 1, ended.said
    assert any(words in ended.said for words in FULL), ended.said
    assert not ended.crashed, ended.said
    assert night.is_old
    again = night.run()
    assert again.status == 3, again.said
    assert night.unlike() == []
    tell(f"disk full while {step}", "exit 1 with the path; old edition; next run publishes")


def test_disk_full_while_reports_are_written(night, tell):
    ended = night.run(orders=shim.full_disk(night.data_dir, 1, include="reports/.new"))
    assert ended.status == 3, ended.said
    assert any(words in ended.said for words in FULL), ended.said
    assert not ended.crashed, ended.said
    assert not night.is_old
    again = night.run()
    assert again.status in (0, 3), again.said
    assert night.unlike(editions=2) == []
    written, expected = (
        {path.relative_to(top) for path in top.rglob("*")}
        for top in (night.settings.reports, Settings(data_dir=night.province.after).reports)
    )
    assert written == expected
    tell("disk full while writing the reports", "exit 3; the edition is out; next run writes them")


@pytest.mark.parametrize("part", range(LONG_STEPS))
@pytest.mark.parametrize("fault", ["full", "failing"])
def test_disk_full_or_failing_anywhere(night, claims, fault, part):
    at = 1 + part * (len(claims) - 1) // (LONG_STEPS - 1)
    if fault == "full":
        orders = shim.full_disk(night.data_dir, at)
    else:
        orders = shim.failing_disk(night.data_dir, at, kinds=CLAIMS)
    ended = night.run(orders=orders)
    assert not ended.crashed, ended.said
    assert ended.status in (0, 1, 3), ended.said
    if not night.is_old:
        after = Settings(data_dir=night.province.after).published
        assert differences(after, night.settings.published) == []
    again = night.run()
    assert again.status in (0, 3), again.said
    assert night.unlike() == []


@pytest.mark.parametrize("place", ["raw/", "warehouse/"])
def test_no_permission_to_write(night, tell, place):
    orders = shim.forbidden(night.data_dir, shim.WRITES, include=place)
    ended = night.run(orders=orders)
    assert ended.status == 1, ended.said
    assert "Permission denied" in ended.said
    assert str(night.data_dir / place) in ended.said
    assert not ended.crashed, ended.said
    assert night.is_old
    assert night.run().status == 3
    assert night.unlike() == []
    tell(f"no permission to write in {place}", "exit 1 with the path; old edition")
