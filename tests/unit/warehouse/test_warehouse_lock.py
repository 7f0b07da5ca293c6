"""The writer lock between real processes, threads and forks."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest

from pipelines.errors import RunError
from pipelines.settings import Settings
from pipelines.warehouse.lock import writer_lock

HOLD = """
import sys
from pathlib import Path
from pipelines.settings import Settings
from pipelines.warehouse.lock import writer_lock
with writer_lock(Settings(data_dir=Path(sys.argv[1])), purpose="nightly run"):
    print("holding", flush=True)
    sys.stdin.readline()
print("released", flush=True)
sys.stdin.readline()
"""
FORK = """
import os, sys
from pathlib import Path
from pipelines.errors import RunError
from pipelines.settings import Settings
from pipelines.warehouse.lock import writer_lock
settings = Settings(data_dir=Path(sys.argv[1]))
end, child_waits = os.pipe()
with writer_lock(settings, purpose="parent"):
    if os.fork() == 0:
        os.close(child_waits)
        try:
            with writer_lock(settings.model_copy(update={"lock_wait": 0.0}), purpose="child"):
                os._exit(0)
        except RunError:
            os._exit(1)
    _, status = os.wait()
    print("child", "refused" if status else "got it", flush=True)
    child_lives, here = os.pipe()
    if os.fork() == 0:
        os.close(child_waits)
        os.write(here, b".")
        os.read(end, 1)
        os._exit(0)
    os.read(child_lives, 1)
print("parent released", flush=True)
sys.stdin.readline()
"""


def test_second_process_is_refused_and_told_who_holds_it(settings: Settings, other: Callable):
    holder = other(HOLD, settings.data_dir)
    assert holder.hear() == "holding"
    with (
        pytest.raises(RunError, match=rf"nightly run \(process {holder.process.pid} on .*since 20"),
        writer_lock(settings, purpose="another"),
    ):
        pytest.fail("two writers at once")


def test_waits_for_the_holder_and_says_so_once(settings: Settings, other: Callable):
    holder = other(HOLD, settings.data_dir)
    assert holder.hear() == "holding"
    said: list[str] = []

    def say(sentence: str) -> None:
        said.append(sentence)
        holder.tell()

    patient = settings.model_copy(update={"lock_wait": 60.0})
    with writer_lock(patient, purpose="another", say=say):
        assert holder.hear() == "released"
    assert len(said) == 1
    assert "60 s for nightly run (process" in said[0]


def test_lock_dies_with_its_process(settings: Settings, other: Callable):
    holder = other(HOLD, settings.data_dir)
    assert holder.hear() == "holding"
    os.kill(holder.process.pid, signal.SIGKILL)
    holder.process.wait()
    assert "nightly run" in settings.lock_file.read_text()  # left behind, and of no effect
    with writer_lock(settings, purpose="another"):
        assert "another" in settings.lock_file.read_text()


def test_reentrant_in_one_process_and_free_only_at_the_end(settings: Settings, other: Callable):
    entered = threading.Event()

    def enter() -> None:
        with writer_lock(settings, purpose="inner"):
            entered.set()

    with writer_lock(settings, purpose="outer"):
        with writer_lock(settings, purpose="inner"):
            pass
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        assert entered.is_set()
        assert '"outer"' in settings.lock_file.read_text()
        second = other(HOLD, settings.data_dir)  # waits: 60 s by default
    assert second.hear() == "holding"


def test_lock_is_free_after_an_error(settings: Settings, other: Callable):
    with pytest.raises(ZeroDivisionError), writer_lock(settings, purpose="failing"):
        raise ZeroDivisionError
    assert other(HOLD, settings.data_dir).hear() == "holding"


def test_forked_child_neither_has_nor_keeps_the_lock(settings: Settings, other: Callable):
    parent = other(FORK, settings.data_dir)
    assert parent.hear() == "child refused"
    assert parent.hear() == "parent released"
    with writer_lock(settings, purpose="another"):
        parent.tell()


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "warehouse").write_text("a file where the folder should be")
    with (
        pytest.raises(RunError, match=r"run\.lock cannot be opened for writing"),
        writer_lock(Settings(data_dir=tmp_path), purpose="run"),
    ):
        pass
