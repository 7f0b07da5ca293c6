"""Publishing on real files: readers, faults, stale logs, leftovers, kept editions."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import RunError
from pipelines.settings import Settings
from pipelines.warehouse import closing
from pipelines.warehouse import publish as publishing
from pipelines.warehouse.connect import open_build, open_published
from pipelines.warehouse.files import sha256_of, wal_of
from pipelines.warehouse.publish import Publication, clean_leftovers, publish
from pipelines.warehouse.snapshots import list_snapshots

READER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
while True:
    print(con.sql("select numerator from marts.scorecard").fetchone()[0], flush=True)
    sys.stdin.readline()
"""
HOLD = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
print("holding", flush=True)
sys.stdin.readline()
"""


def at(hour: int) -> datetime:
    """An hour of 1 April 2022, UTC."""
    return datetime(2022, 4, 1, hour, tzinfo=UTC)


def go(settings: Settings, hour: int, **changes: object) -> Publication:
    facts = {"published_at": at(hour), "as_of": date(2022, 4, 1), "run_id": f"run {hour}"}
    return publish(settings, **(facts | changes))


def figures(path: Path) -> list[tuple]:
    with duckdb.connect(path, read_only=True) as con:
        return con.execute("select numerator, published_at from marts.scorecard").fetchall()


def files(settings: Settings) -> set[str]:
    return {path.name for path in settings.warehouse_dir.iterdir() if path.is_file()}


def test_first_publication(settings, scorecard):
    scorecard(7)
    result = go(settings, 1)
    assert figures(settings.published) == [(7, at(1))]
    assert result.rows["marts.figures"] == 1
    assert result.rows["memory.published_figures"] == 1
    assert result.sha256 == sha256_of(settings.published) == sha256_of(settings.build)
    assert settings.published.stat().st_mode & 0o777 == 0o440
    assert result.snapshot is not None
    assert result.snapshot.samefile(settings.published)
    assert result.snapshot.name == "2022-04-01T08-00-00.000000+0700.duckdb"
    assert files(settings) == {"build.duckdb", "warehouse.duckdb", "run.lock"}


def test_reader_keeps_its_edition_and_a_new_one_sees_the_new(settings, scorecard, other):
    scorecard(7)
    go(settings, 1)
    reader = other(READER, settings.published)
    assert reader.hear() == "7"
    scorecard(8)
    go(settings, 2)
    reader.tell()
    assert reader.hear() == "7"
    assert other(READER, settings.published).hear() == "8"


def test_published_file_works_under_any_name(settings, scorecard, tmp_path):
    scorecard(7)
    go(settings, 1)
    copy = tmp_path / "copy of raw.db"
    shutil.copyfile(settings.published, copy)
    assert figures(copy) == [(7, at(1))]
    with duckdb.connect() as con:
        con.execute(f"attach '{copy}' as anything (read_only)")
        assert con.execute("select numerator from anything.marts.scorecard").fetchall() == [(7,)]


def test_nothing_new_moves_the_stamp_only(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    result = go(settings, 2, nothing_new=True, run_id="another")
    assert result.snapshot is None
    assert figures(settings.published) == [(7, at(2))]
    assert [edition.published_at for edition in list_snapshots(settings)] == [at(1)]
    with open_published(settings) as con:
        assert con.execute("select run_id from ops.publication").fetchall() == [("run 1",)]
        query = "select published_at from memory.published_figures"
        assert con.execute(query).fetchall() == [(at(1),)]


def test_nothing_new_is_refused_when_the_figures_are_others(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    before = sha256_of(settings.published)
    with open_build(settings) as con:
        con.execute("delete from ops.publication")  # as loading news does
    with pytest.raises(RunError, match="other figures than the published one"):
        go(settings, 2, nothing_new=True)
    assert sha256_of(settings.published) == before


def test_only_the_newest_editions_are_kept(settings, scorecard):
    scorecard(7)
    results = [go(settings, hour) for hour in range(1, 6)]
    kept = [edition.published_at for edition in list_snapshots(settings)]
    assert kept == [at(5), at(4), at(3)]
    assert [path.name[:13] for path in results[-1].pruned] == ["2022-04-01T09"]
    with open_published(settings) as con:
        query = "select count(distinct published_at) from memory.published_figures"
        assert con.execute(query).fetchone() == (5,)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("bytes", "its bytes differ"),
        ("truncated", "could not be published"),
        ("other rows", r"row counts of marts\.figures differ"),
        ("no stamp", "lacks the stamp"),
    ],
)
def test_copy_that_is_not_what_was_built_is_not_published(
    settings, scorecard, monkeypatch, fault, reason
):
    scorecard(7)
    go(settings, 1)
    scorecard(8)
    before, names = settings.published.read_bytes(), files(settings)
    copy = publishing.copy_durably

    def copy_badly(source: Path, target: Path) -> str:
        digest = copy(source, target)
        target.chmod(0o600)
        if fault == "bytes":
            target.write_bytes(target.read_bytes()[:-1] + b"?")
        elif fault == "truncated":
            target.write_bytes(target.read_bytes()[:5000])
            return sha256_of(target)
        else:  # what a broken checkpoint would leave
            with duckdb.connect(target) as con:
                if fault == "other rows":
                    con.execute("delete from marts.figures")
                else:
                    con.execute("update ops.publication set published_at = now()")
            return sha256_of(target)
        return digest

    monkeypatch.setattr(publishing, "copy_durably", copy_badly)
    with pytest.raises(RunError, match=reason):
        go(settings, 2)
    assert settings.published.read_bytes() == before
    assert files(settings) == names
    monkeypatch.undo()
    go(settings, 3)
    assert figures(settings.published) == [(8, at(3))]


def sharing(change: Callable[[bytes], bytes]) -> Callable[[int, int, int], int]:
    """A file system that lets files share blocks, and what its disk makes of them."""

    def ioctl(target: int, request: int, source: int) -> int:
        assert request == 0x40049409  # FICLONE
        os.pwrite(target, change(os.pread(source, os.fstat(source).st_size, 0)), 0)
        return 0

    return ioctl


def refusing(number: int) -> Callable[[int, int, int], int]:
    """A file system that answers the request to share blocks with an error."""

    def ioctl(target: int, request: int, source: int) -> int:
        raise OSError(number, os.strerror(number))

    return ioctl


def test_file_system_that_shares_blocks_is_asked_to(settings, scorecard, monkeypatch):
    monkeypatch.setattr("fcntl.ioctl", sharing(lambda content: content))
    monkeypatch.setattr("pipelines.warehouse.files._copy", None)  # nothing is copied
    scorecard(7)
    result = go(settings, 1)
    assert figures(settings.published) == [(7, at(1))]
    assert result.sha256 == sha256_of(settings.published) == sha256_of(settings.build)
    assert settings.published.stat().st_mode & 0o777 == 0o440


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EXDEV, errno.ENOTTY])
def test_file_system_that_cannot_share_blocks_gets_a_copy(settings, scorecard, monkeypatch, number):
    monkeypatch.setattr("fcntl.ioctl", refusing(number))
    monkeypatch.setattr("pipelines.warehouse.files._CHUNK", 4096)
    scorecard(7)
    result = go(settings, 1)
    assert figures(settings.published) == [(7, at(1))]
    assert result.sha256 == sha256_of(settings.published) == sha256_of(settings.build)


@pytest.mark.parametrize(
    ("ioctl", "reason"),
    [
        (sharing(lambda content: content[:-1] + b"?"), "its bytes differ"),
        (sharing(lambda content: content[:5000]), "its bytes differ"),
        (refusing(errno.EIO), "could not be published: .*Input/output error"),
    ],
)
def test_shared_blocks_that_are_not_what_was_built_are_not_published(
    settings, scorecard, monkeypatch, ioctl, reason
):
    scorecard(7)
    go(settings, 1)
    before, names = settings.published.read_bytes(), files(settings)
    scorecard(8)
    monkeypatch.setattr("fcntl.ioctl", ioctl)
    with pytest.raises(RunError, match=reason):
        go(settings, 2)
    assert settings.published.read_bytes() == before
    assert files(settings) == names


def test_stale_log_of_the_published_file_is_not_replayed(settings, scorecard, other):
    scorecard(7)
    go(settings, 1)
    script = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
con.execute("create table t as select 1"); con.execute("checkpoint")
con.execute("insert into t values (2)")
print("written", flush=True)
sys.stdin.readline()
"""
    writer = other(script, settings.warehouse_dir / "foreign.duckdb")
    assert writer.hear() == "written"
    writer.kill()
    wal = wal_of(settings.warehouse_dir / "foreign.duckdb")
    shutil.copyfile(wal, wal_of(settings.published))
    with pytest.raises(duckdb.Error):
        figures(settings.published)
    scorecard(8)
    go(settings, 2)
    assert figures(settings.published) == [(8, at(2))]
    assert not wal_of(settings.published).exists()


def test_working_database_with_unfinished_log_is_published_whole(settings, scorecard, other):
    scorecard(7)
    script = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])
con.execute("update marts.figures set numerator = 9")
print("written", flush=True)
sys.stdin.readline()
"""
    writer = other(script, settings.build)
    assert writer.hear() == "written"
    writer.kill()
    assert wal_of(settings.build).exists()
    go(settings, 1)
    assert figures(settings.published) == [(9, at(1))]


def test_connection_left_open_in_this_process_stops_publishing(settings, scorecard):
    scorecard(7)
    with open_build(settings), pytest.raises(RunError, match=r"still has .* open"):
        go(settings, 1)
    assert not settings.published.exists()
    go(settings, 2)
    assert figures(settings.published) == [(7, at(2))]


def test_other_process_with_the_working_database_open(settings, scorecard, other):
    scorecard(7)
    holder = other(HOLD, settings.build)
    assert holder.hear() == "holding"
    with pytest.raises(RunError, match="still open in another process"):
        go(settings, 1)


def test_too_little_room_is_seen_before_anything_is_written(settings, scorecard, monkeypatch):
    scorecard(7)
    before = sha256_of(settings.build)
    monkeypatch.setattr(closing, "FREE_SPACE_FACTOR", 10**12)
    with pytest.raises(RunError, match=r"MiB free, publishing needs .*MiB"):
        go(settings, 1)
    assert sha256_of(settings.build) == before


def test_leftovers_of_a_killed_run_are_removed(settings, scorecard):
    scorecard(7)
    go(settings, 1)
    left = [
        settings.warehouse_dir / "warehouse.duckdb.partial",
        settings.snapshot_dir / "2022-04-01T09-00-00.000000+0700.duckdb.partial",
    ]
    for path in left:
        path.write_bytes(b"half a copy")
    assert clean_leftovers(settings) == left
    assert not any(path.exists() for path in left)
    assert len(list_snapshots(settings)) == 1


def test_snapshot_of_an_edition_that_came_out_gets_its_name(settings, scorecard):
    scorecard(7)
    result = go(settings, 1)
    working_name = result.snapshot.with_name(result.snapshot.name + ".partial")
    result.snapshot.rename(working_name)  # as if killed between the two renames
    clean_leftovers(settings)
    assert result.snapshot.samefile(settings.published)
    assert not working_name.exists()


CRASH = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from pipelines.settings import Settings
from pipelines.warehouse.publish import publish

settings = Settings(data_dir=Path(sys.argv[1]), snapshots=1)
die_at, seen = int(sys.argv[2]), 0

def watch(event, arguments):
    global seen
    if event in ("os.rename", "os.link", "os.remove", "os.chmod", "os.truncate"):
        seen += 1
        if seen == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
now = datetime(2022, 4, 1, 2, tzinfo=UTC)
publish(settings, published_at=now, as_of=now.date(), run_id="run 2")
print(seen, flush=True)
"""


def test_killed_at_any_change_of_the_folder_the_next_run_mends_it(
    settings, scorecard, other, tmp_path
):
    one = settings.model_copy(update={"snapshots": 1})
    scorecard(7)
    go(one, 1)
    scorecard(8)
    old = sha256_of(settings.published)
    prepared = tmp_path / "prepared"
    shutil.copytree(settings.data_dir, prepared)
    points = int(other(CRASH, settings.data_dir, 0).hear())
    assert points >= 4
    for point in range(1, points + 1):
        shutil.rmtree(settings.data_dir)
        shutil.copytree(prepared, settings.data_dir)
        assert other(CRASH, settings.data_dir, point).end() == -9
        is_old = sha256_of(settings.published) == old
        assert figures(settings.published) == [(7, at(1)) if is_old else (8, at(2))]
        go(one, 3)
        assert figures(settings.published) == [(8, at(3))]
        with open_published(settings) as con:
            query = "select list(published_at order by all) from memory.published_figures"
            remembered = con.execute(query).fetchall()[0][0]
        assert remembered == ([at(1), at(3)] if is_old else [at(1), at(2), at(3)])
        assert [edition.published_at for edition in list_snapshots(settings)] == [at(3)]
        assert files(settings) == {"build.duckdb", "warehouse.duckdb", "run.lock"}


def test_fault_after_the_rename_is_told_and_does_not_deny_the_edition(settings, scorecard):
    one = settings.model_copy(update={"snapshots": 1})
    scorecard(7)
    obstacle = settings.snapshot_dir / "2022-04-01T01-00-00.000000+0700.duckdb"
    obstacle.mkdir(parents=True)  # what cannot be removed as a file
    result = go(one, 1)
    assert obstacle.name in result.warnings[0]
    assert figures(settings.published) == [(7, at(1))]
    assert result.snapshot.samefile(settings.published)
