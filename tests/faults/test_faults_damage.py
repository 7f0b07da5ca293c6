"""Files of the pipeline that are damaged or gone: each is made anew, with the same figures."""

from __future__ import annotations

import json

import pytest

from tests.faults.compare import differences
from tests.faults.harm import cut, flip, rewrite
from tests.support.office import digest

pytestmark = pytest.mark.long


BUILD_DAMAGE = {
    "garbage": lambda path: rewrite(path, b"not a database" * 1000),
    "cut in half": lambda path: cut(path, 0.5),
    "a flipped bit in its header": lambda path: flip(path, 0.0001),
    "empty": lambda path: rewrite(path, b""),
}


@pytest.mark.parametrize("damage", BUILD_DAMAGE)
def test_damaged_working_database_is_made_anew_from_raw(night, tell, damage):
    BUILD_DAMAGE[damage](night.settings.build)
    ended = night.run()
    assert ended.status == 3, ended.said
    [line] = ended.lines("damage: ")
    assert str(night.settings.build) in line
    assert "made anew from raw/" in line
    assert night.unlike() == []
    tell(f"build.duckdb: {damage}", "set aside and made anew from raw/ in the same run")


def test_flipped_bits_inside_the_working_database_stop_no_night(night, tell):
    """Wherever they are: the run that meets them reads everything through and starts again."""
    size = night.settings.build.stat().st_size
    for block in range(12288 + 100_000, size, 262_144):
        flip(night.settings.build, block / size)
    ended = night.run()
    assert ended.status == 3, ended.said
    assert len(ended.lines("damage: ")) == 1
    assert night.unlike() == []
    tell("build.duckdb: flipped bits in every block", "made anew from raw/ in the same run")


def test_lost_working_database_is_made_anew(night, tell):
    night.settings.build.unlink()
    assert night.run().status == 3
    assert night.unlike() == []
    tell("build.duckdb is gone", "made anew from raw/; what was published is remembered")


@pytest.mark.parametrize("damage", ["deleted", "garbage", "cut in half"])
def test_published_file(day, tell, damage):
    published = day.settings.published
    if damage == "deleted":
        published.unlink()
    else:
        # A copy of its own, so that the kept edition is whole.
        content = published.read_bytes()
        published.unlink()
        published.write_bytes(b"?" * 9999 if damage == "garbage" else content[: len(content) // 2])
    asked = day.run("scorecard")
    assert asked.status == 1
    assert ("qo nightly" if damage == "deleted" else "qo rollback") in asked.said
    assert not asked.crashed, asked.said
    ended = day.run()
    assert ended.status in (0, 3), ended.said
    assert day.unlike() == []
    tell(f"warehouse.duckdb: {damage}", "the next run publishes it again, nothing forgotten")


def test_rollback_brings_a_damaged_published_file_back(day, tell):
    kept = digest(day.settings.published)
    day.settings.published.unlink()
    day.settings.published.write_bytes(b"?" * 9999)
    [newest] = [p for p in day.settings.snapshot_dir.iterdir() if digest(p) == kept]
    ended = day.run("rollback", newest.stem)
    assert ended.status == 0, ended.said
    assert digest(day.settings.published) == kept
    tell("warehouse.duckdb is damaged, `qo rollback`", "the kept edition, byte for byte")


RAW_DAMAGE = {
    "is gone": lambda path: path.unlink(),
    "is cut in half": lambda path: cut(path, 0.5),
    "has a flipped bit in a page": lambda path: flip(path, 0.2),
}


@pytest.mark.parametrize("damage", RAW_DAMAGE)
def test_raw_file_is_read_again_from_landing(night, tell, damage):
    """Of the units, which every night reads by: it is noticed at once."""
    [rows] = (night.settings.raw / "units").glob("*.parquet")
    whole = rows.read_bytes()
    RAW_DAMAGE[damage](rows)
    ended = night.run()
    assert ended.status == 3, ended.said
    assert "units/don-vi_2022-12-31.csv" in ended.said
    assert rows.read_bytes() == whole
    assert night.unlike() == []
    tell(f"a raw file {damage}", "read again from landing/ in the same run")


def test_raw_file_that_landing_cannot_replace_stops_the_run(night, tell):
    [rows] = (night.settings.raw / "units").glob("*.parquet")
    whole = rows.read_bytes()
    flip(rows, 0.2)
    [extract] = (night.settings.landing / "units").iterdir()
    away = extract.rename(night.data_dir.parent / "away")
    ended = night.run()
    assert ended.status == 1, ended.said
    assert f"{rows} cannot be read" in ended.said
    assert "put back" in ended.said
    assert night.is_old
    away.rename(extract)
    assert night.run().status == 3
    assert rows.read_bytes() == whole
    assert night.unlike() == []
    tell("a raw file is damaged, its extract gone", "exit 1 with both names; mended when put back")


@pytest.mark.parametrize("damage", ["truncated", "empty"])
def test_account_is_restored_with_the_order_of_arrival(night, tell, damage):
    account = night.account("dossiers", "ho-so-mot-cua_2022-03-31.csv")
    before = json.loads(account.read_bytes())
    cut(account, 0.4 if damage == "truncated" else 0)
    ended = night.run()
    assert ended.status == 3, ended.said
    assert account.name in ended.lines("damage: ")[0]
    after = json.loads(account.read_bytes())
    for fact in ("first_seen_at", "mtime_ns", "status", "sha256", "rows_sha256", "is_current"):
        assert after[fact] == before[fact], fact
    assert night.unlike() == []
    tell(f"an account is {damage}", "restored from the published log, its file read again")


def test_lines_on_rejected_rows_are_made_anew(night, tell):
    """Damaged after they were read and before they were loaded, which takes a kill between."""
    night.settings.build.unlink()
    [lines, *_] = sorted(night.settings.raw.rglob("*.rejected.ndjson"))
    content = lines.read_bytes()
    cut(lines, 0.5)
    ended = night.run()
    assert ended.status == 3, ended.said
    assert lines.read_bytes() == content
    assert night.unlike() == []
    tell("lines on rejected rows are cut short", "their file is read again in the same run")


@pytest.mark.parametrize("origin", ["raw", "landing"])
def test_rebuild_gives_identical_figures(day, tell, origin):
    before = day.settings.published.read_bytes()
    kept = day.data_dir.parent / "before.duckdb"
    kept.write_bytes(before)
    ended = day.run("rebuild", "--from", origin)
    assert ended.status in (0, 3), ended.said
    assert differences(kept, day.settings.published) == []
    kept.unlink()
    tell(f"`qo rebuild --from {origin}`", "identical figures in every table")
