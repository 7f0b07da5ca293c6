"""Landing folders that cannot be read, and files that do not hold still."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.faults import shim
from tests.faults.province import DELIVERED

pytestmark = pytest.mark.long


@pytest.mark.parametrize("fault", ["unreadable", "gone"])
def test_landing_itself(night, tell, fault):
    landing = night.settings.landing
    if fault == "gone":
        away = landing.rename(night.data_dir / "away")
        ended = night.run()
        away.rename(landing)
    else:
        # The folder itself and all in it.
        orders = shim.forbidden(night.data_dir, shim.READS, include="landing")
        ended = night.run(orders=orders)
    assert ended.status == 1, ended.said
    assert f"{landing} " in ended.said
    assert "Nothing was changed" in ended.said
    assert not ended.crashed, ended.said
    assert night.is_old
    assert night.run().status == 3
    assert night.unlike() == []
    tell(f"landing/ is {fault}", "exit 1 with the path; next run reads it")


def test_folder_of_one_source_that_cannot_be_listed(night, tell):
    orders = shim.forbidden(night.data_dir, shim.READS, include="landing/dossiers")
    for _ in range(2):
        ended = night.run(orders=orders)
        assert ended.status == 3, ended.said
        [line] = ended.lines("ingest: dossiers: the folder")
        assert "left for the next run" in line
    assert night.run().status in (0, 3)
    assert night.unlike(editions=2) == []
    tell("a source's folder is unreadable", "exit 3, each night; the other sources go on")


def test_file_that_cannot_be_opened(night, tell):
    orders = shim.forbidden(night.data_dir, shim.READS, include=f"landing/{DELIVERED[0]}")
    ended = night.run(orders=orders)
    assert ended.status == 3, ended.said
    assert f"{DELIVERED[0]} cannot be opened (Permission denied)" in ended.said
    assert night.run().status in (0, 3)
    assert night.unlike(editions=2) == []
    tell("a file in landing/ is unreadable", "exit 3; left for the next run, which takes it")


def append(path: Path) -> None:
    """What a slow copy does."""
    with path.open("ab") as file:
        file.write(b"\n")


def replace(path: Path) -> None:
    """What an export does that is written elsewhere and then put in place."""
    content = path.read_bytes()
    put(path, content[:-1] if content.endswith(b"\n") else content + b"\n")


def renew(path: Path) -> None:
    """What an export does that is made again: the same bytes, written now."""
    put(path, path.read_bytes())


def put(path: Path, content: bytes) -> None:
    """Write elsewhere, then rename."""
    elsewhere = path.parents[2] / "elsewhere"
    elsewhere.write_bytes(content)
    elsewhere.replace(path)


CHANGES = [("grows", append), ("is replaced", replace), ("is written again, the same,", renew)]


@pytest.mark.parametrize(("fault", "change"), CHANGES)
def test_file_that_changes_while_it_is_read_is_left_for_the_next_run(night, tell, fault, change):
    path = night.settings.landing / DELIVERED[0]
    whole, stop = path.read_bytes(), threading.Event()
    status = path.stat()

    def go_on_changing() -> None:
        while not stop.wait(0.001):
            change(path)

    writer = threading.Thread(target=go_on_changing)
    writer.start()
    try:
        ended = night.run()
    finally:
        stop.set()
        writer.join()
    assert ended.status == 3, ended.said
    assert f"ingest: {DELIVERED[0]} changed while it was read" in ended.said
    path.write_bytes(whole)
    assert path.stat().st_mtime_ns != status.st_mtime_ns
    assert night.run().status in (0, 3)
    assert night.unlike(editions=2) == []
    tell(f"a file {fault} while it is read", "exit 3; not a row of it taken; the next run takes it")


def test_landing_is_never_changed(province):
    before, after = (
        {
            path.relative_to(top): (path.read_bytes(), path.stat().st_mtime_ns)
            for top in [Settings(data_dir=data_dir).landing]
            for path in top.rglob("*")
            if path.is_file()
        }
        for data_dir in (province.before, province.after)
    )
    assert before == after
