"""The writer lock: at most one process works on a data directory.

A kernel lock (`flock`) on a file that says who holds it. It lives as long as its process, however
that ends, so there is nothing to clean up after a kill. Readers of the published warehouse never
meet it. What is done under the lock belongs elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pipelines.errors import RunError
from pipelines.settings import LOCAL_ZONE, Settings

Say = Callable[[str], None]
"""Takes one sentence for the person or log that watches a run."""

PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Holder:
    """Who holds the writer lock, as the lock file tells it."""

    pid: int
    host: str
    purpose: str
    since: str

    def __str__(self) -> str:
        """`nightly run (process 4711 on vp-ubnd, since 2022-01-01 01:00:00+07:00)`."""
        return f"{self.purpose} (process {self.pid} on {self.host}, since {self.since})"


@dataclass
class _Held:
    descriptor: int
    count: int = 1


class _Process:
    """The locks that this process holds, by file."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.held: dict[Path, _Held] = {}

    def forget(self) -> None:
        """Let go in a forked child: it shares the kernel's lock, which must not outlive its owner.

        The guard may have been copied in a locked state.
        """
        for held in self.held.values():
            os.close(held.descriptor)
        self.held.clear()
        self.guard = threading.Lock()


_process = _Process()
os.register_at_fork(after_in_child=_process.forget)


@contextmanager
def writer_lock(settings: Settings, *, purpose: str, say: Say | None = None) -> Iterator[None]:
    """Be the only writer of the data directory inside the `with` block.

    Reentrant: whoever already holds the lock in this process, in any thread, gets it again.

    Args:
        settings: Names the lock file and how long to wait.
        purpose: What the holder does, for the people who wait for it.
        say: Is told once, when there is somebody to wait for.

    Raises:
        RunError: Another process kept the lock for longer than `settings.lock_wait`.
    """
    path = settings.lock_file
    _acquire(path, settings.lock_wait, purpose, say)
    try:
        yield
    finally:
        _release(path)


def attempts(seconds: float) -> Iterator[float]:
    """Yield at once and then several times a second until `seconds` have passed."""
    begin = time.monotonic()
    yield 0.0
    while (waited := time.monotonic() - begin) < seconds:
        time.sleep(min(PAUSE_SECONDS, seconds - waited))
        yield time.monotonic() - begin


def _acquire(path: Path, seconds: float, purpose: str, say: Say | None) -> None:
    for waited in attempts(seconds):
        if _try_acquire(path, purpose):
            return
        if waited == 0.0 and seconds > 0 and say is not None:
            say(f"Waiting up to {seconds:g} s for {_holder(path)} to finish with {path.parent}.")
    raise RunError(
        f"{_holder(path)} is still writing to {path.parent} after {seconds:g} s of waiting. "
        "Nothing was changed; start again when it has finished."
    )


def _try_acquire(path: Path, purpose: str) -> bool:
    with _process.guard:
        if path in _process.held:
            _process.held[path].count += 1
            return True
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write_holder(descriptor, purpose)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:
            os.close(descriptor)
            raise RunError(f"{path} cannot be locked: {error.strerror}.") from error
        _process.held[path] = _Held(descriptor)
        return True


def _release(path: Path) -> None:
    with _process.guard:
        held = _process.held.get(path)
        if held is None:
            return  # a forked child that leaves its parent's block
        held.count -= 1
        if held.count == 0:
            del _process.held[path]
            os.ftruncate(held.descriptor, 0)
            os.close(held.descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    except OSError as error:
        raise RunError(
            f"{path} cannot be opened for writing: {error.strerror}. A run needs to write there."
        ) from error


def _write_holder(descriptor: int, purpose: str) -> None:
    since = datetime.now(LOCAL_ZONE).isoformat(sep=" ", timespec="seconds")
    holder = Holder(os.getpid(), platform.node(), purpose, since)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(holder), ensure_ascii=False).encode(), 0)


def _holder(path: Path) -> str:
    """The holder in words; the moment between locking and writing has none to name."""
    try:
        return str(Holder(**json.loads(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError):
        return "another run"
