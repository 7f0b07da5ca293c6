"""One writer, many readers: who waits, for how long, and what is said."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipelines.warehouse.snapshots import list_snapshots
from tests.faults.conftest import Night
from tests.faults.reader import Reader
from tests.faults.warm import Running

pytestmark = pytest.mark.long

READERS = 4
SECONDS_TO_BEGIN = 120
MANY_READERS = 50
HOLD = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "ro")
print("holding", flush=True)
for line in sys.stdin:
    print(con.execute(line).fetchone()[0], flush=True)
"""
FIGURES = "select count(*) || ' ' || min(published_at)::varchar from marts.scorecard\n"


class Client:
    """Somebody's DuckDB client, which keeps a file open."""

    def __init__(self, path: object, mode: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-c", HOLD, str(path), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hear() == "holding"

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, query: str = FIGURES) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(query)
        self.process.stdin.flush()
        return self.hear()


@contextmanager
def client(path: object, mode: str = "ro") -> Iterator[Client]:
    found = Client(path, mode)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.communicate()


def at_work(night: Night, command: str) -> Running:
    """A command that has begun: the lock file says who holds it."""
    running = night.warm.start(night.data_dir, command)
    until = time.monotonic() + SECONDS_TO_BEGIN
    while not night.settings.lock_file.stat().st_size:
        assert time.monotonic() < until, running.wait()
        time.sleep(0.01)
    return running


def test_second_run_waits_and_finds_nothing_new(night, tell):
    first = at_work(night, "nightly")
    hasty = night.run(QO_LOCK_WAIT="0")
    patient = night.run()
    assert first.wait().status == 3
    assert hasty.status == 1
    assert f"nightly run (process {first.child} on " in hasty.said
    assert "Nothing was changed" in hasty.said
    assert patient.status == 0, patient.said
    assert patient.lines("Waiting up to 60 s for nightly run (process ")
    assert patient.lines("Nothing new")
    assert night.unlike() == []
    tell("two runs at once", "the second names the first; ends with 1, or waits and ends with 0")


def test_run_while_dagster_materializes(night, tell):
    materializing = at_work(night, "materialize")
    hasty = night.run(QO_LOCK_WAIT="0")
    ended = materializing.wait()
    assert ended.status == 0, ended.said
    assert hasty.status == 1
    assert "Dagster run " in hasty.said
    assert f"(process {materializing.child} on " in hasty.said
    assert night.unlike() == []
    assert night.run().lines("Nothing new")
    tell("a run while Dagster's UI materializes", "names that run; ends with 1")


def test_dagster_waits_for_a_run_at_work(night):
    first = at_work(night, "nightly")
    hasty = night.run("materialize", QO_LOCK_WAIT="0")
    assert first.wait().status == 3
    assert hasty.status == 1, hasty.said
    assert night.unlike() == []


def test_client_that_holds_the_working_database_is_named(night, tell):
    with client(night.settings.build, "rw") as holder:
        ended = night.run(QO_LOCK_WAIT="0.5")
        assert ended.status == 1, ended.said
        assert f"PID {holder.process.pid}" in ended.said
        assert "after 0.5 s of waiting" in ended.said
        assert night.is_old
    assert night.run().status == 3
    assert night.unlike() == []
    tell("a client holds build.duckdb", "waits as long as set, names its PID, exit 1")


def test_clients_keep_what_they_opened_across_publish_rollback_and_prune(night, tell):
    published = night.settings.published
    [oldest] = list_snapshots(night.settings)
    with client(published) as chart, client(oldest.path) as archive:
        answers = chart.ask(), archive.ask()
        assert night.run(QO_SNAPSHOTS="1").status == 3
        assert not oldest.path.exists()
        assert (chart.ask(), archive.ask()) == answers
        with client(published) as new:
            assert new.ask() != answers[0]
            [kept] = list_snapshots(night.settings)
            assert night.run("rollback", kept.name).status == 0
            assert (chart.ask(), archive.ask()) == answers
    assert night.unlike() == []
    tell("clients hold an edition for hours", "they keep it across publish, prune and rollback")


def test_readers_meet_no_error_during_a_run(night):
    read_by(night, READERS)


def test_fifty_readers_meet_no_error_during_a_run(night, tell):
    questions = read_by(night, MANY_READERS)
    tell(f"{MANY_READERS} readers all through a run", f"{questions:,} questions, no error")


def read_by(night, count: int) -> int:
    readers = [Reader() for _ in range(count)]
    try:
        for reader in readers:
            reader.watch(night.settings.published)
        assert night.run().status == 3
        asked = [reader.stop() for reader in readers]
    finally:
        for reader in readers:
            reader.close()
    assert [error for each in asked for error in each.errors] == []
    assert all(each.questions > 1 for each in asked)
    return sum(each.questions for each in asked)
