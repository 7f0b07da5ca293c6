"""Publication memory against what was really published, and the way back to a kept edition."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

import pytest

from pipelines.errors import ConfigurationError, RunError
from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build, open_published
from pipelines.warehouse.memory import Restored, remember, restore
from pipelines.warehouse.publish import publish
from pipelines.warehouse.snapshots import list_snapshots, rollback

AS_OF = date(2022, 4, 1)


def at(hour: int) -> datetime:
    """An hour of 1 April 2022, UTC."""
    return datetime(2022, 4, 1, hour, tzinfo=UTC)


def go(settings: Settings, hour: int) -> None:
    publish(settings, published_at=at(hour), as_of=AS_OF, run_id=f"run {hour}")


def recall(settings: Settings) -> tuple[Restored, list[datetime]]:
    with open_build(settings) as con:
        restored = restore(settings, con)
        query = "select published_at from memory.published_figures order by all"
        return restored, [row[0] for row in con.execute(query).fetchall()]


def test_first_run_has_nothing_to_restore(settings):
    restored, remembered = recall(settings)
    assert restored == Restored(None, False, 0, 0, ())
    assert remembered == []


def test_after_a_publication_all_is_in_step(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    restored, remembered = recall(settings)
    assert restored.is_in_step
    assert (restored.forgotten, restored.recalled, restored.losses) == (0, 0, ())
    assert remembered == [at(1)]


def test_edition_that_never_came_out_is_forgotten(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    with open_build(settings) as con:  # as a run that dies before the rename leaves it
        con.execute("update ops.publication set published_at = ?, run_id = 'run 2'", [at(2)])
        remember(con, at(2))
    restored, remembered = recall(settings)
    assert not restored.is_in_step
    assert restored.forgotten == 1
    assert remembered == [at(1)]


def test_first_edition_that_never_came_out_is_forgotten(settings, scorecard):
    scorecard(7)
    with open_build(settings) as con:
        con.execute("insert into ops.publication values (?, ?, 'run 1')", [at(1), AS_OF])
        remember(con, at(1))
    assert recall(settings)[1] == []


@pytest.mark.parametrize("source", ["published", "snapshot"])
def test_lost_working_database_gets_its_memory_back(settings, scorecard, source):
    scorecard(7)
    go(settings, 1)
    go(settings, 2)
    settings.build.unlink()
    if source == "snapshot":
        settings.published.unlink()
    restored, remembered = recall(settings)
    assert remembered == [at(1), at(2)]
    assert restored.recalled == 2
    assert restored.losses == ()
    assert (restored.published is None) == (source == "snapshot")
    assert not restored.is_in_step


def test_working_database_of_an_old_backup_catches_up(settings, scorecard, tmp_path):
    scorecard(7)
    go(settings, 1)
    shutil.copyfile(settings.build, tmp_path / "backup")
    go(settings, 2)
    shutil.copyfile(tmp_path / "backup", settings.build)
    restored, remembered = recall(settings)
    assert remembered == [at(1), at(2)]
    assert not restored.is_in_step


def test_what_cannot_be_restored_is_named(settings, scorecard, raw):
    scorecard(7)
    go(settings, 1)
    go(settings, 2)
    settings.build.unlink()
    settings.published.unlink()
    newest = list_snapshots(settings)[0].path
    newest.chmod(0o600)
    newest.write_bytes(b"damaged")
    restored, remembered = recall(settings)
    assert remembered == [at(1)]
    assert [newest.name in loss for loss in restored.losses] == [True]
    raw.add("a1", [])
    settings.build.unlink()
    shutil.rmtree(settings.snapshot_dir)
    assert "no longer known" in recall(settings)[0].losses[0]


def test_column_that_the_scorecard_gains_is_remembered_from_then_on(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    with open_build(settings) as con:
        con.execute(
            "create or replace view marts.scorecard as "
            "select f.*, 42 as answer, p.published_at from marts.figures f, ops.publication p"
        )
    go(settings, 2)
    settings.build.unlink()
    recall(settings)
    with open_build(settings) as con:
        query = "select numerator, answer from memory.published_figures order by published_at"
        assert con.execute(query).fetchall() == [(7, None), (7, 42)]


def numerators(settings: Settings) -> list[tuple]:
    with open_published(settings) as con:
        return con.execute("select numerator from marts.scorecard").fetchall()


def test_rollback_republishes_the_edition_before(settings, scorecard):
    for hour in (1, 2):
        scorecard(hour)
        go(settings, hour)
    chosen = rollback(settings)
    assert chosen.published_at == at(1)
    assert numerators(settings) == [(1,)]
    assert settings.published.read_bytes() == chosen.path.read_bytes()
    assert len(list_snapshots(settings)) == 2
    restored, remembered = recall(settings)
    assert not restored.is_in_step  # the next run publishes, news or not
    assert remembered == [at(1), at(2)]  # what was published stays published
    go(settings, 3)
    assert numerators(settings) == [(2,)]
    assert recall(settings)[1] == [at(1), at(2), at(3)]


def test_rollback_to_a_name_and_forth(settings, scorecard):
    for hour in (1, 2, 3):
        scorecard(hour)
        go(settings, hour)
    names = [edition.name for edition in reversed(list_snapshots(settings))]
    for _ in range(2):  # onto itself as well
        rollback(settings, names[0])
        assert numerators(settings) == [(1,)]
        assert not list(settings.data_dir.rglob("*.partial"))
    rollback(settings, f"snapshots/{names[2]}.duckdb")
    assert numerators(settings) == [(3,)]
    rollback(settings, names[1][:14])
    assert numerators(settings) == [(2,)]
    assert recall(settings)[1] == [at(1), at(2), at(3)]


def test_rollback_when_the_published_file_is_lost_or_damaged(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    settings.published.unlink()
    rollback(settings)
    assert numerators(settings) == [(7,)]
    settings.published.unlink()
    settings.published.write_bytes(b"damaged")
    rollback(settings)
    assert numerators(settings) == [(7,)]


@pytest.mark.parametrize("name", ["1999-01-01", "2022-04-01", None])
def test_rollback_to_no_single_edition_names_those_there_are(settings, scorecard, name):
    scorecard(7)
    go(settings, 1)
    if name is not None:
        go(settings, 2)
    before = settings.published.read_bytes()
    with pytest.raises(ConfigurationError, match="2022-04-01T08-00-00"):
        rollback(settings, name)
    assert settings.published.read_bytes() == before


def test_rollback_to_a_damaged_edition_changes_nothing(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    go(settings, 2)
    old = list_snapshots(settings)[-1].path
    old.chmod(0o600)
    old.write_bytes(b"damaged")
    before = settings.published.read_bytes()
    with pytest.raises(RunError, match="cannot be published again"):
        rollback(settings)
    assert settings.published.read_bytes() == before
