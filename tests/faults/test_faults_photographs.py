"""Photographs show what was on the disk, and what they mean is neither more nor less than that."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.faults.likeness import unlike
from tests.faults.photographs import Album, Photograph
from tests.faults.points import DATA, TOOLS
from tests.faults.shim import Point
from tests.faults.states import BUILD, States, misread

Meaning = Callable[..., str]

HISTORY = ".dagster/history/runs.db"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """As much of a data directory as a photograph needs to mean something."""
    data_dir = tmp_path / "data"
    for name in ("warehouse/snapshots", "reports/units", "raw/units", ".dagster/history"):
        (data_dir / name).mkdir(parents=True)
    ask(data_dir, "create table cases as select 1 as id union all select 2")
    with closing(sqlite3.connect(data_dir / HISTORY)) as con:
        con.execute("create table runs (id)")
    (data_dir / "raw/units/a.parquet").write_text("rows")
    (data_dir / "reports/index.html").write_text("a page")
    return data_dir


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path / "album")


@pytest.fixture
def meaning(tmp_path: Path, data_dir: Path, album: Album) -> Meaning:
    """What the data directory means now."""
    states = States(tmp_path)

    def now(points: str = DATA) -> str:
        return states.key(album.take(data_dir), points)

    return now


def ask(data_dir: Path, *statements: str) -> None:
    with duckdb.connect(data_dir / BUILD) as con:
        for statement in statements:
            con.execute(statement)


def laid_out(photograph: Photograph, target: Path) -> Path:
    photograph.lay_out(target)
    return target


def test_a_photograph_is_laid_out_as_it_was(data_dir, album, tmp_path):
    page = data_dir / "reports/index.html"
    page.chmod(0o440)
    os.utime(page, ns=(1, 1_234_567_890))
    (data_dir / "reports/other.html").hardlink_to(page)
    (data_dir / "reports/newest").symlink_to("index.html")
    copy = laid_out(album.take(data_dir), tmp_path / "copy")
    found = copy / "reports/index.html"
    assert found.read_text() == "a page"
    assert (found.stat().st_mode, found.stat().st_mtime_ns) == (0o100440, 1_234_567_890)
    assert found.samefile(copy / "reports/other.html")
    assert not found.samefile(page)
    assert (copy / "reports/newest").readlink() == Path("index.html")


def test_each_photograph_keeps_its_own_moment(data_dir, album, tmp_path):
    page = data_dir / "reports/index.html"
    before = album.take(data_dir)
    # As long as before: only its times tell that it has changed, and they are coarse.
    page.write_text("A PAGE")
    after = album.take(data_dir)
    assert (laid_out(before, tmp_path / "1") / "reports/index.html").read_text() == "a page"
    assert (laid_out(after, tmp_path / "2") / "reports/index.html").read_text() == "A PAGE"


def test_what_nobody_shows_any_more_takes_no_room(data_dir, album, tmp_path):
    album.take(data_dir)
    held = len([*(tmp_path / "album").iterdir()])
    for name in "bcd":
        (data_dir / "raw/units/a.parquet").write_text(name)
        album.take(data_dir)
    assert len([*(tmp_path / "album").iterdir()]) == held


@pytest.mark.filterwarnings("error")
def test_a_photograph_may_be_kept_longer_than_its_folder(data_dir, tmp_path):
    photograph = Album(tmp_path / "album").take(data_dir)
    shutil.rmtree(tmp_path / "album")
    del photograph
    gc.collect()


@pytest.mark.parametrize(
    "change",
    [
        "insert into cases values (3)",
        "update cases set id = 3 where id = 2",
        "alter table cases add column due_on date",
        "comment on table cases is 'Cases'",
        "create view others as from cases",
        "create macro twice(x) as 2 * x",
    ],
)
def test_another_working_database_means_something_else(data_dir, meaning, change):
    before = meaning()
    ask(data_dir, change)
    assert meaning() != before


def test_a_log_means_what_is_replayed_from_it(data_dir, meaning):
    ask(
        data_dir,
        "pragma disable_checkpoint_on_shutdown",
        "insert into cases values (3)",
        "insert into cases values (4)",
    )
    log = data_dir / f"{BUILD}.wal"
    content = log.read_bytes()
    whole = meaning()
    log.write_bytes(content[:-1])
    torn = meaning()
    log.write_bytes(content[:-2])
    assert meaning() == torn != whole


def test_the_same_rows_in_another_order_mean_the_same(data_dir, meaning):
    before = meaning()
    ask(data_dir, "delete from cases where id = 1", "insert into cases values (1)")
    assert meaning() == before


def test_a_database_that_cannot_be_opened_counts_by_its_bytes(data_dir, meaning):
    database = data_dir / BUILD
    database.write_bytes(b"no database")
    before = meaning()
    database.write_bytes(b"no database either")
    assert meaning() != before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("raw/units/.a.parquet.tmp", "raw/units/.b.parquet.tmp"),
        (".scratch", ".scratch"),
        ("warehouse/snapshots/1.duckdb.partial", "warehouse/snapshots/2.duckdb.partial"),
    ],
)
def test_of_leftovers_it_only_counts_that_there_are_some(data_dir, meaning, one, other):
    without = meaning()
    (data_dir / one).write_text("half a file")
    with_one = meaning()
    (data_dir / one).unlink()
    (data_dir / other).write_text("another half")
    assert meaning() == with_one != without


def test_a_leftover_that_is_the_published_file_is_another_state(data_dir, meaning):
    published, partial = data_dir / "warehouse/warehouse.duckdb", "warehouse/snapshots/1.partial"
    published.write_text("an edition")
    (data_dir / partial).write_text("an edition")
    before = meaning()
    (data_dir / partial).unlink()
    (data_dir / partial).hardlink_to(published)
    assert meaning() != before


@pytest.mark.parametrize("name", ["raw/units/a.parquet", "reports/.written.json"])
def test_what_is_read_counts_by_its_content(data_dir, meaning, name):
    (data_dir / name).write_text("one thing")
    before = meaning()
    (data_dir / name).write_text("another")
    assert meaning() != before


def test_the_history_means_what_its_rows_say(data_dir, meaning):
    before, of_own = meaning(TOOLS), meaning()
    with closing(sqlite3.connect(data_dir / HISTORY)) as con, con:
        con.execute("insert into runs values (1)")
    assert meaning(TOOLS) != before
    assert meaning() == of_own


@pytest.mark.parametrize(
    ("kind", "means_the_same"), [("STEP_OUTPUT", True), ("STEP_SUCCESS", False)]
)
def test_the_history_counts_by_the_kinds_of_its_events(data_dir, meaning, kind, means_the_same):
    with closing(sqlite3.connect(data_dir / HISTORY)) as con, con:
        con.execute("create table event_logs (id, run_id, dagster_event_type)")
        con.execute("insert into event_logs values (1, 'a', 'STEP_OUTPUT')")
    before = meaning(TOOLS)
    with closing(sqlite3.connect(data_dir / HISTORY)) as con, con:
        con.execute("insert into event_logs values (2, 'a', ?)", [kind])
    assert (meaning(TOOLS) == before) is means_the_same


def log(*lines: tuple[str, str]) -> list[Point]:
    sizes = {"R": 0, "W": 2, "a": 1}
    return [
        Point(number, "+", {"a": "W"}.get(kind, kind), sizes.get(kind, 0), path, "")
        for number, (kind, path) in enumerate(lines, start=1)
    ]


PAGE = "reports/index.html"


@pytest.mark.parametrize("kind", ["R", "W"])
def test_a_run_that_reads_what_was_thought_unread_is_at_fault(data_dir, album, kind):
    photograph = album.take(data_dir)
    assert len(misread(photograph, log((kind, PAGE)))) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [("c", PAGE), ("R", PAGE)],
        [("u", PAGE), ("R", PAGE)],
        [("a", PAGE)],
        [("R", "raw/units/a.parquet")],
        [("R", "reports")],
    ],
)
def test_a_run_may_read_what_it_wrote_itself_and_all_that_counts(data_dir, album, lines):
    assert misread(album.take(data_dir), log(*lines)) == []


def test_a_leftover_that_is_put_in_place_is_a_fault(data_dir, album):
    (data_dir / "raw/units/.a.tmp").write_text("half a file")
    point = Point(1, "+", "r", 0, "raw/units/a", "raw/units/.a.tmp")
    assert len(misread(album.take(data_dir), [point])) == 1


@pytest.mark.parametrize(
    ("name", "is_alike"),
    [
        ("raw/units/.a.parquet.tmp", False),
        ("raw/units/a.parquet", False),
        ("reports/index.html", True),
        (".dagster/history/log", True),
    ],
)
def test_a_kill_is_to_leave_the_same_names_and_the_same_rows(
    data_dir, album, tmp_path, name, is_alike
):
    shown = album.take(data_dir)
    (data_dir / name).write_text("something else")
    assert (unlike(album.take(data_dir), shown, tmp_path) == []) == is_alike


def test_a_kill_is_to_leave_the_same_working_database(data_dir, album, tmp_path):
    shown = album.take(data_dir)
    ask(data_dir, "insert into cases values (3)")
    [told] = unlike(album.take(data_dir), shown, tmp_path)
    assert "main.cases" in told
