"""One trial: a night is cut short, looked at, run again, and held against the undisturbed one.

It is cut short by a kill, or it is a photograph that it begins with: what a kill at that point
would have left. That it would have is tried too, by `try_kill_as_photographed`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import Settings
from tests.faults import shim
from tests.faults.compare import differences
from tests.faults.likeness import unlike
from tests.faults.photographs import Album, Photograph
from tests.faults.points import (
    CLASSES,
    DATA,
    RANDOM,
    Place,
    counted,
    masked,
    placed,
)
from tests.faults.province import Province, copy
from tests.faults.reader import Asked, Reader
from tests.faults.shim import CHANGES, OPENS, Orders, Point
from tests.faults.states import States, misread
from tests.faults.warm import KILLED, Ended, Warm
from tests.support.office import digest

LEFTOVERS = ("*.partial", "*.wal", "*.tmp", "*.kept", ".rebuild", ".raw.*", "parse-*", ".scratch")

PROGRESS_EVERY = 500
"""Photographs."""

TIME = "time"
"""How the names of kills after some seconds begin, those of others with their class of points."""

Say = Callable[[str], None]
Choose = Callable[[Place, Point], bool]
"""Which points are meant."""


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
        if self.seconds is None:
            return f"{self.points} {self.at}"
        return f"{TIME} {self.seconds:.3f}"


@dataclass(frozen=True)
class Shot:
    """A photograph of a night.

    Attributes:
        points: The class of points.
        place: Where in the night it was taken.
        point: What the night was about to do.
        photograph: The data directory then.
        key: The same for all that mean the same.
    """

    points: str
    place: Place
    point: Point
    photograph: Photograph
    key: str

    @property
    def name(self) -> str:
        """`data 301.2`."""
        return f"{self.points} {self.place}"


@dataclass(frozen=True)
class Night:
    """A night that was photographed.

    Attributes:
        points: Every point of the class, in order.
        taken: How many photographs were taken.
        states: One of each meaning, by its key: the first.
        kept: Those that were asked for.
        asked: What the reader met all along.
    """

    points: list[Point]
    taken: int
    states: Mapping[str, Shot]
    kept: Sequence[Shot]
    asked: Asked


@dataclass(frozen=True)
class Trial:
    """What came of one.

    Attributes:
        name: Of the kill or the photograph.
        point: What the night was about to do; empty where that is not known.
        published: Which edition was published then: `old`, `new`, or `none` of both.
        statuses: Of the killed run, if there was one, and of the one after it.
        questions: How often the reader asked meanwhile.
        faults: What is not as promised, a sentence each.
    """

    name: str
    point: str
    published: str
    statuses: tuple[int, ...]
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
        self._editions: dict[str, list[str]] = {}

    def undisturbed(self) -> tuple[list[Point], float]:
        """Let the night go undisturbed, once: it is what all others are held against.

        Returns:
            The points of the class `data`, and how many seconds it took.
        """
        copy(self.province.before, self.province.after)
        return self._observe(self.province.after, DATA)

    def enumerate(self, points: str) -> list[Point]:
        """Every point of the night that is counted in a class, and every other change."""
        with self.data_directory() as data_dir:
            return self._observe(data_dir, points)[0]

    def _observe(self, data_dir: Path, points: str) -> tuple[list[Point], float]:
        orders = self._orders(data_dir, points)
        ended = self.warm.run(data_dir, "nightly", orders=orders, **_threads(points))
        assert ended.status == 3, ended.said
        return shim.points(self._log), ended.seconds

    def photograph(
        self,
        points: str,
        choose: Choose,
        say: Say = lambda _: None,
        keep: Choose = lambda *_: False,
    ) -> Night:
        """Let the night go, and stop it before each point to take a photograph.

        Args:
            points: The class of points.
            choose: Which of them are photographed.
            say: Is told of progress.
            keep: Which photographs are kept though others mean the same.
        """
        states: dict[str, Shot] = {}
        kept: list[Shot] = []
        taken = 0
        album, keys = self._album(), States(self.folder)
        with self.data_directory() as data_dir:
            self.reader.watch(Settings(data_dir=data_dir).published)
            for place, point in placed(self._paused(data_dir, points)):
                if choose(place, point):
                    taken += 1
                    photograph = album.take(data_dir)
                    shot = Shot(points, place, point, photograph, keys.key(photograph, points))
                    states.setdefault(shot.key, shot)
                    if keep(place, point):
                        kept.append(shot)
                    if taken % PROGRESS_EVERY == 0:
                        say(
                            f"{points}: {taken:,} photographs mean {len(states):,} different things"
                        )
            asked = self.reader.stop()
        return Night(counted(shim.points(self._log)), taken, states, kept, asked)

    def _paused(self, data_dir: Path, points: str) -> Iterator[Point]:
        """The points of a night, which waits before each until the next is asked for.

        Who asks for no more of them kills it there.
        """
        asks, answers = self._pipe("asks"), self._pipe("answers")
        orders = self._orders(data_dir, points, 1, "p", asks=str(asks), answers=str(answers))
        running = self.warm.start(data_dir, "nightly", orders=orders, **_threads(points))
        with asks.open("rb", buffering=0) as asked, answers.open("wb", buffering=0) as answer:
            try:
                while asked.read(1):
                    yield shim.last_point(self._log)
                    answer.write(b"\0")
            except GeneratorExit:
                assert running.wait(kill_after=0).status == KILLED
                raise
        ended = running.wait()
        assert ended.status == 3, ended.said

    def _pipe(self, name: str) -> Path:
        path = self.folder / name
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        return path

    def try_state(self, shot: Shot) -> Trial:
        """Let the next night begin with what a photograph shows."""
        with self._room() as data_dir:
            shot.photograph.lay_out(data_dir)
            settings = Settings(data_dir=data_dir)
            self.reader.watch(settings.published)
            published, faults = self._look(settings)
            rerun, asked, told = self._rerun(settings)
            faults += told
            faults += misread(shot.photograph, shim.points(self._log))
        return Trial(
            name=shot.name,
            point=str(shot.point),
            published=published,
            statuses=(rerun.status,),
            questions=asked.questions,
            faults=tuple(faults),
        )

    def try_kill(self, kill: Kill) -> Trial:
        """Kill the night there, and see what comes of it."""
        with self.data_directory() as data_dir:
            settings = Settings(data_dir=data_dir)
            self.reader.watch(settings.published)
            orders = self._orders(data_dir, kill.points, kill.at, "k" if kill.at else "n")
            threads = _threads(kill.points)
            killed = self.warm.run(
                data_dir, "nightly", orders=orders, kill_after=kill.seconds, **threads
            )
            hit = [point for point in shim.points(self._log) if point.mark == "k"]
            published, faults = self._look(settings)
            rerun, asked, told = self._rerun(settings)
        if killed.status != KILLED and not kill.is_random:
            faults.append(f"the point was not reached, status {killed.status}")
        return Trial(
            name=kill.name,
            point=str(hit[0]) if hit else "",
            published=published,
            statuses=(killed.status, rerun.status),
            questions=asked.questions,
            faults=(*faults, *told),
        )

    def try_kill_as_photographed(self, shot: Shot) -> Trial:
        """Kill a night where another was photographed: it is to leave what is shown."""
        with self.data_directory() as data_dir:
            settings = Settings(data_dir=data_dir)
            self.reader.watch(settings.published)
            hit = self._kill(data_dir, shot)
            published, faults = self._look(settings)
            faults += self._unlike(shot, hit, data_dir)
            rerun, asked, told = self._rerun(settings)
        return Trial(
            name=f"killed at {shot.name}",
            point=str(hit or ""),
            published=published,
            statuses=(KILLED, rerun.status) if hit else (rerun.status,),
            questions=asked.questions,
            faults=(*faults, *told),
        )

    def _kill(self, data_dir: Path, shot: Shot) -> Point | None:
        """Kill the night at the place of a photograph; None if it has no such place."""
        with closing(self._paused(data_dir, shot.points)) as night:
            return next((point for place, point in placed(night) if place == shot.place), None)

    def data_directory(self) -> _Room:
        """A copy of the province before the night, for one trial."""
        room = self._room()
        copy(self.province.before, room.path)
        return room

    def _room(self) -> _Room:
        self._count += 1
        return _Room(self.folder / f"trial {self._count}")

    def _album(self) -> Album:
        """A new one; what photographs show stays as long as somebody has them."""
        self._count += 1
        return Album(self.folder / f"album {self._count}")

    def _orders(
        self, data_dir: Path, points: str, at: int = 0, action: str = "n", **more: str
    ) -> Orders:
        self._log.unlink(missing_ok=True)
        return Orders(
            str(data_dir),
            log=str(self._log),
            at=at,
            action=action,
            sticky=action == "p",
            **CLASSES[points],
            **more,
        )

    def _rerun(self, settings: Settings) -> tuple[Ended, Asked, list[str]]:
        """Run the night that mends all, and tell what it did not mend."""
        self._log.unlink(missing_ok=True)
        orders = Orders(str(settings.data_dir), kinds=CHANGES + OPENS, log=str(self._log))
        rerun = self.warm.run(settings.data_dir, "nightly", orders=orders)
        asked = self.reader.stop()
        faults = [f"reader: {error}" for error in asked.errors]
        return rerun, asked, faults + self._judge(settings, rerun)

    def _unlike(self, shot: Shot, hit: Point | None, data_dir: Path) -> list[str]:
        """How what a kill left differs from the photograph of the same point."""
        if hit is None or (hit.kind, masked(hit.path)) != (
            shot.point.kind,
            masked(shot.point.path),
        ):
            return [f"killed before {hit}, photographed before {shot.point}"]
        left = self._album().take(data_dir)
        told = unlike(left, shot.photograph, self.folder)
        return [f"not as photographed: {each}" for each in told]

    def _look(self, settings: Settings) -> tuple[str, list[str]]:
        """Which edition is published right after the kill: whole, or something is wrong."""
        found = digest(settings.published)
        if found == digest(Settings(data_dir=self.province.before).published):
            return "old", []
        if found not in self._editions:
            after = Settings(data_dir=self.province.after).published
            self._editions[found] = differences(after, settings.published)
        unlike = self._editions[found]
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
        for folder in ("raw", "reports"):
            names = _unlike_names(after.data_dir / folder, settings.data_dir / folder)
            faults += [f"{folder}: {each}" for each in names]
        return faults


def _threads(points: str) -> dict[str, str]:
    """Points come in the same order each time with one thread; random kills take them all."""
    return {} if points == RANDOM else {"QO_THREADS": "1"}


@dataclass
class _Room:
    path: Path

    def __enter__(self) -> Path:
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
