"""What every run of the tests tries of all that `make faults` does: the most telling faults."""

from __future__ import annotations

from tests.faults.harm import cut, flip, rewrite
from tests.faults.points import IN_PLACE, NAMES
from tests.faults.trials import Kill
from tests.faults.warm import KILLED


def test_killed_before_the_edition_comes_out(bench, points):
    in_place = [point for point in points if point.kind in IN_PLACE]
    at = [point.path for point in in_place].index("warehouse/warehouse.duckdb") + 1
    trial = bench.try_kill(Kill(NAMES, at))
    assert trial.point == "rename warehouse/warehouse.duckdb"
    assert trial.statuses == (KILLED, 3)
    assert trial.faults == ()
    assert trial.published == "old"
    assert trial.questions > 0


def test_everything_damaged_at_once_is_mended_in_one_run(night):
    rewrite(night.settings.build, b"not a database" * 1000)
    [rows] = (night.settings.raw / "units").glob("*.parquet")
    whole = rows.read_bytes()
    flip(rows, 0.2)
    cut(night.account("dossiers", "ho-so-mot-cua_2022-03-31.csv"), 0.4)
    ended = night.run()
    assert ended.status == 3, ended.said
    assert len(ended.lines("damage: ")) == 3
    assert rows.read_bytes() == whole
    assert night.unlike() == []
