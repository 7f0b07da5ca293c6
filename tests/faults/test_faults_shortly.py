"""What every run of the tests tries of all that `make faults` does: the most telling faults."""

from __future__ import annotations

from tests.faults import shim
from tests.faults.test_faults_damage import cut, flip, rewrite
from tests.faults.trials import Kill


def number_of(points, kind, beginning, end=""):
    """The number of the first point of its like."""
    return next(
        point.number
        for point in points
        if (point.kind, point.mark) == (kind, "+")
        and point.path.startswith(beginning)
        and point.path.endswith(end)
    )


def test_killed_before_the_edition_comes_out(bench, points):
    rename = number_of(points, "r", "warehouse/warehouse.duckdb")
    trial = bench.try_kill(Kill("data", rename))
    assert trial.faults == ()
    assert trial.published == "old"
    assert trial.questions > 0


def test_disk_full_when_the_edition_is_copied(night, points):
    at = number_of(points, "c", "warehouse/warehouse.duckdb.partial")
    full = shim.full_disk(night.data_dir, at, kinds=shim.CHANGES, exclude=".d")
    ended = night.run(orders=full)
    assert ended.status == 1, ended.said
    assert "No space left on device" in ended.said
    assert not ended.crashed, ended.said
    assert night.is_old


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
