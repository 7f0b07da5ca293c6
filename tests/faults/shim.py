"""The library that stands between a process and its disk (`shim.c`): built, told what to do, heard.

What a process does there is numbered in its order. At a chosen number the process is killed, or the
call fails as on a full or failing disk.
"""

from __future__ import annotations

import ctypes
import errno
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("shim.c")
_LONGEST = 4 * 4096
"""Bytes of a line of the log at most."""

CHANGES = "cwsrudlmtkap"
"""Kinds of points at which the disk changes; what each letter means is told in `shim.c`."""
CLAIMS = "cwmkal"
"""Those that may find the disk full."""
READS = "R"
OPENS = "RW"
ONLY_TO_WRITE = 1
"""What stands for the size where a file is opened that is not read."""
WRITES = CHANGES + "W"

NAMES = {
    "c": "create",
    "w": "write",
    "s": "fsync",
    "r": "rename",
    "u": "unlink",
    "d": "rmdir",
    "l": "link",
    "m": "mkdir",
    "t": "truncate",
    "k": "copy",
    "a": "allocate",
    "p": "chmod",
}


def is_available() -> bool:
    """Whether the library can be made here."""
    return sys.platform == "linux" and shutil.which("gcc") is not None


def build(folder: Path) -> Path:
    """Compile the library into a folder."""
    library = folder / "shim.so"
    command = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run([*command, "-lpthread"], check=True)
    return library


@dataclass(frozen=True)
class Orders:
    """What is to happen in a process.

    Attributes:
        root: Folder whose points are looked at.
        include: Only paths below it that begin so are counted.
        exclude: And none of those that begin so.
        kinds: Letters of the points that are counted.
        log: File that gets a line for each point.
        at: Number of the point to act at; 0 for none.
        action: `n` nothing, `k` kill before it, `f` let it fail, `p` pause before it.
        error: What a call that fails says.
        sticky: It is done at all counted points from there on.
        anywhere: From there on all points below the root count.
        asks: Pipe that gets a byte at each point paused at.
        answers: Pipe that gives a byte when the process may go on.
    """

    root: str
    include: str = ""
    exclude: str | None = None
    kinds: str = CHANGES
    log: str = ""
    at: int = 0
    action: str = "n"
    error: int = 0
    sticky: bool = False
    anywhere: bool = False
    asks: str = ""
    answers: str = ""

    def as_json(self) -> dict[str, Any]:
        """What `obey` takes in the other process."""
        return asdict(self)


def obey(orders: dict[str, Any]) -> None:
    """Arm this process, in which the library is loaded."""
    told = Orders(**orders)
    root = f"{told.root.rstrip('/')}/"
    exclude = "" if told.exclude is None else root + told.exclude
    ctypes.CDLL(None).fault_arm(
        root.encode(),
        (root + told.include).encode(),
        exclude.encode(),
        told.kinds.encode(),
        told.log.encode(),
        ctypes.c_long(told.at),
        ctypes.c_char(told.action.encode()),
        told.error,
        2 if told.anywhere else int(told.sticky),
        told.asks.encode(),
        told.answers.encode(),
    )


def set_clock_ahead(seconds: int) -> None:
    """Let this process, in which the library is loaded, believe that it is later."""
    ctypes.CDLL(None).fault_clock(ctypes.c_long(seconds))


def full_disk(root: Path, at: int, kinds: str = CLAIMS, **more: Any) -> Orders:
    """From the given point on there is no room left, wherever it is claimed."""
    return Orders(
        str(root), kinds=kinds, at=at, action="f", error=errno.ENOSPC, anywhere=True, **more
    )


def failing_disk(root: Path, at: int, **more: Any) -> Orders:
    """One change fails as on a broken disk; the next ones may succeed."""
    return Orders(str(root), at=at, action="f", error=errno.EIO, **more)


def forbidden(root: Path, kinds: str, **more: Any) -> Orders:
    """Nothing of these kinds is allowed."""
    return Orders(str(root), kinds=kinds, at=1, action="f", error=errno.EACCES, sticky=True, **more)


@dataclass(frozen=True)
class Point:
    """One line of the log.

    Attributes:
        number: Its number; of a point that is not counted that of the one before.
        mark: `+` counted, `-` not counted, `k`, `f` or `p` where the orders were carried out.
        kind: Its letter.
        size: Bytes, where they are known; of what is opened how, see `ONLY_TO_WRITE`.
        path: Relative to the root.
        source: Where a rename or link comes from.
    """

    number: int
    mark: str
    kind: str
    size: int
    path: str
    source: str

    def __str__(self) -> str:
        """`rename warehouse/warehouse.duckdb`."""
        return f"{NAMES.get(self.kind, self.kind)} {self.path}"


def points(log: Path) -> list[Point]:
    """The points of a log, in order; a line that a kill cut short is none."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [point for point in map(_point, lines) if point is not None]


def last_point(log: Path) -> Point:
    """The point that a process pauses before: that of the last line of its log."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LONGEST))
        point = _point(file.read().decode(errors="replace").splitlines()[-1])
    assert point is not None, "whole lines are written"
    return point


def _point(line: str) -> Point | None:
    cells = line.split("\t")
    if len(cells) != len(Point.__annotations__):
        return None
    number, mark, kind, size, path, source = cells
    return Point(int(number), mark, kind, int(size), path, source)
