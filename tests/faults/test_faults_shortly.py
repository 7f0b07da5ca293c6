"""What every run of the tests tries of all that `make faults` does: the most telling faults."""

from __future__ import annotations

from tests.faults.harm import cut, flip, rewrite
from tests.faults.points import NAMES


def test_killed_before_the_edition_comes_out(bench, points):
    night = bench.photograph(
        NAMES, choose=lambda _, point: point.path == "warehouse/warehouse.duckdb"
    )
    [shot] = night.states.values()
    trial = bench.try_kill_as_photographed(shot)
    assert trial.point == "rename warehouse/warehouse.duckdb"
    assert trial.faults == ()
    assert trial.published == "old"
    assert trial.questions > 0
    assert night.asked.questions > 0
    assert night.asked.errors == []


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
