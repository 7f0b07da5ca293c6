"""One trial: a night is killed, looked at, run again, and held against the undisturbed one."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.settings import Settings
from tests.faults import shim
from tests.faults.compare import differences
from tests.faults.province import Province, copy
from tests.faults.reader import Reader
from tests.faults.shim import Orders, Point
from tests.faults.warm import KILLED, Ended, Warm
from tests.support.office import digest

OF_TOOLS = ".d"
"""How the folders of Dagster's history and dbt's compiled project begin, which are written most and
matter least: a class of points of its own."""
RANDOM = "all"
IN_PLACE = "rl"
"""Renames and links: how many writes go before one differs from night to night, these do not."""
CLASSES: dict[str, dict[str, Any]] = {
    "data": {"exclude": OF_TOOLS},
    "names": {"exclude": OF_TOOLS, "kinds": IN_PLACE},
    "tools": {"include": OF_TOOLS},
    RANDOM: {},
}
"""Which points are counted: of the pipeline's files, of those the ones that put a file in place, of
its tools' files, of all together."""
LEFTOVERS = ("*.partial", "*.wal", "*.tmp", "*.kept", ".rebuild", ".raw.*", "parse-*", ".scratch")


@dataclass(frozen=True)
class Kill:
    """Where a night is killed: before a point of a class, or after some seconds."""

    points: str
    at: int = 0
    seconds: float | None = None

    @property
    def is_random(self) -> bool:
        """Whether it may strike anywhere, or not at all."""
        return self.points == RANDOM

    @property
    def name(self) -> str:
        """`data 17`, `time 1.250`."""
        return f"{self.points} {self.at}" if self.seconds is None else f"time {self.seconds:.3f}"


@dataclass(frozen=True)
class Trial:
    """What came of a kill.

    Attributes:
        kill: Its name.
        point: What the night was about to do; empty where that is not known.
        published: Which edition was published then: `old`, `new`, or `none` of both.
        statuses: Of the killed run and of the one after it.
        questions: How often the reader asked meanwhile.
        faults: What is not as promised, a sentence each.
    """

    kill: str
    point: str
    published: str
    statuses: tuple[int, int]
    questions: int
    faults: tuple[str, ...]


class Bench:
    """Does trials, one after the other, in a folder of its own."""

    def __init__(self, folder: Path, province: Province, warm: Warm, reader: Reader) -> None:
        self.folder = folder
        self.province = province
        self.warm = warm
        self.reader = reader
        self._log = folder / "points.log"
        self._count = 0

    def undisturbed(self) -> tuple[list[Point], float]:
        """Let the night go undisturbed, once: it is what all others are held against.

        Returns:
            The points of the class `data`, and how many seconds it took.
        """
        copy(self.province.before, self.province.after)
        return self._observe(self.province.after, "data")

    def enumerate(self, points: str) -> list[Point]:
        """Every point of the night that is counted in a class, and every other change."""
        with self.data_directory() as data_dir:
            return self._observe(data_dir, points)[0]

    def _observe(self, data_dir: Path, points: str) -> tuple[list[Point], float]:
        orders = self._orders(data_dir, points)
        ended = self.warm.run(data_dir, "nightly", orders=orders, **_threads(points))
        assert ended.status == 3, ended.said
        return shim.points(self._log), ended.seconds

    def try_kill(self, kill: Kill) -> Trial:
        """Kill the night there, and see what comes of it."""
        with self.data_directory() as data_dir:
            settings = Settings(data_dir=data_dir)
            self.reader.watch(settings.published)
            orders = self._orders(data_dir, kill.points, kill.at)
            threads = _threads(kill.points)
            killed = self.warm.run(
                data_dir, "nightly", orders=orders, kill_after=kill.seconds, **threads
            )
            published, faults = self._look(settings)
            rerun = self.warm.run(data_dir, "nightly")
            asked = self.reader.stop()
            faults += [f"reader: {error}" for error in asked.errors]
            faults += self._judge(settings, rerun)
        hit = [point for point in shim.points(self._log) if point.mark == "k"]
        if killed.status != KILLED and not kill.is_random:
            faults.append(f"the point was not reached, status {killed.status}")
        return Trial(
            kill=kill.name,
            point=str(hit[0]) if hit else "",
            published=published,
            statuses=(killed.status, rerun.status),
            questions=asked.questions,
            faults=tuple(faults),
        )

    def data_directory(self) -> _Copy:
        """A copy of the province before the night, for one trial."""
        self._count += 1
        return _Copy(self.province.before, self.folder / f"trial {self._count}")

    def _orders(self, data_dir: Path, points: str, at: int = 0) -> Orders:
        self._log.unlink(missing_ok=True)
        counted = CLASSES[points]
        action = "k" if at else "n"
        return Orders(str(data_dir), log=str(self._log), at=at, action=action, **counted)

    def _look(self, settings: Settings) -> tuple[str, list[str]]:
        """Which edition is published right after the kill: whole, or something is wrong."""
        before = Settings(data_dir=self.province.before).published
        if digest(settings.published) == digest(before):
            return "old", []
        after = Settings(data_dir=self.province.after).published
        unlike = differences(after, settings.published)
        return ("none" if unlike else "new"), [f"after the kill: {each}" for each in unlike]

    def _judge(self, settings: Settings, rerun: Ended) -> list[str]:
        faults = [f"left over: {name}" for name in leftovers(settings)]
        if rerun.status not in (0, 3):
            return [*faults, f"the next run ended with {rerun.status}: {rerun.said[-400:]}"]
        after = Settings(data_dir=self.province.after)
        unlike = differences(after.published, settings.published)
        faults += [f"after the next run: {each}" for each in unlike]
        if digest(settings.build) != digest(settings.published):
            faults.append("the working database is not the published one")
        return faults + [f"raw: {each}" for each in _unlike_names(after.raw, settings.raw)]


def _threads(points: str) -> dict[str, str]:
    """Points come in the same order each time with one thread; random kills take them all."""
    return {} if points == RANDOM else {"QO_THREADS": "1"}


@dataclass
class _Copy:
    source: Path
    path: Path

    def __enter__(self) -> Path:
        copy(self.source, self.path)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)


def leftovers(settings: Settings) -> Iterator[str]:
    """What a run is to leave nowhere, but for the logs of the history's own databases."""
    for pattern in LEFTOVERS:
        for path in settings.data_dir.rglob(pattern):
            name = path.relative_to(settings.data_dir)
            if not name.parts[0].startswith(".dagster"):
                yield name.as_posix()


def _unlike_names(expected: Path, found: Path) -> list[str]:
    names = [
        {path.relative_to(top).as_posix() for path in top.rglob("*")} for top in (expected, found)
    ]
    return [f"{name} is there in one of the two only" for name in sorted(names[0] ^ names[1])]


def put_in_place(points: list[Point], kind: str, beginning: str, end: str = "") -> Kill:
    """The kill before the first rename or link by which such a path gets its name."""
    names = [point for point in points if point.mark == "+" and point.kind in IN_PLACE]
    number = next(
        number
        for number, point in enumerate(names, start=1)
        if point.kind == kind and point.path.startswith(beginning) and point.path.endswith(end)
    )
    return Kill("names", number)


def structural(points: list[Point]) -> list[Point]:
    """The points before which a kill leaves a state of the disk that no other kill leaves.

    What a kill after a point leaves is what one before the next leaves. An fsync changes nothing
    that a killed process could lose, so the state on either side of it is that of the next point.
    Of a run of writes to one file, up to the next fsync, the first, the second and the last stand
    for all.
    """
    counted = [point for point in points if point.mark == "+"]
    chosen = []
    for place, point in enumerate(counted):
        near = [*counted[max(0, place - 2) : place], *counted[place + 1 : place + 2]]
        is_inner = len(near) == 3 and all(_goes_on(point, other) for other in near)
        if point.kind != "s" and not is_inner:
            chosen.append(point)
    return chosen


def _goes_on(point: Point, other: Point) -> bool:
    return (point.kind, point.path) == (other.kind, other.path) and point.kind == "w"


_IDS = re.compile(r"[0-9a-f]{8,}[0-9a-f-]*|qo-\w+|tmp\w+|[\w-]+(?=\.sql|\.csv)")


def in_turn(points: list[Point]) -> list[Point]:
    """The points in an order that comes to each kind of place soon, to the like of it later."""
    alike: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        alike.setdefault((point.kind, _IDS.sub("*", point.path)), []).append(point)
    ranked = []
    for those in alike.values():
        random.Random(len(those)).shuffle(those)
        ranked += [(rank, point.number, point) for rank, point in enumerate(those)]
    return [point for _, _, point in sorted(ranked, key=lambda each: each[:2])]
