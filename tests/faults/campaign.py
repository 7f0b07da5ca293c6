"""All trials: which there are, what has been tried already, and the workers that try the rest.

A night is photographed before each point of the pipeline's own files, and in the states that its
tools' files went through in the night before. What photographs mean differently is tried once each;
at some of the points a night is killed too.

Results are appended to a file as they come, each with the fingerprint of the code it speaks of, so
that a campaign that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines import news
from tests.faults import shim
from tests.faults.points import DATA, RANDOM, TOOLS, Place, counted, in_turn, placed, structural
from tests.faults.province import make_province
from tests.faults.reader import Reader
from tests.faults.shim import Point
from tests.faults.trials import TIME, Bench, Kill, Night, Say, Shot, Trial
from tests.faults.warm import Warm

SEED = 20221231
PROGRESS_EVERY = 25


@dataclass
class Results:
    """What has been found, in a file of one JSON object a line.

    Attributes:
        path: The file.
        code: Fingerprint of the code that is tried; results of other code do not count.
    """

    path: Path
    code: str = field(default_factory=news.hash_of_code)

    def __post_init__(self) -> None:
        self._guard = threading.Lock()
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def all(self) -> list[dict[str, Any]]:
        """Every result about this code."""
        if not self.path.exists():
            return []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [found for found in map(json.loads, lines) if found["code"] == self.code]

    def trials(self) -> list[dict[str, Any]]:
        """Every trial of this code."""
        return [found for found in self.all() if found["type"] == "trial"]

    def add(self, kind: str, **facts: Any) -> None:
        """Keep one."""
        line = json.dumps({"code": self.code, "type": kind, **facts}, ensure_ascii=False)
        with self._guard, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@dataclass(frozen=True)
class Plan:
    """How much is tried.

    Attributes:
        workers: Trials at a time.
        kills: Kills at points that were photographed.
        randoms: Kills at random.
        minutes: When to stop.
    """

    workers: int
    kills: int
    randoms: int
    minutes: float


@dataclass(frozen=True)
class Job:
    """A trial to be made."""

    name: str
    do: Callable[[Bench], Trial]


def run(results: Results, say: Say, plan: Plan) -> None:
    """Try what has not been tried, for so many minutes at most.

    Args:
        results: What is known, and where it is added.
        say: Is told of progress and faults.
        plan: How much.
    """
    end = time.monotonic() + 60 * plan.minutes
    parent = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108 - no disk to wait for
    with tempfile.TemporaryDirectory(prefix="faults-", dir=parent) as name:
        folder = Path(name)
        library = shim.build(folder)
        benches = _benches(folder, library, plan.workers)
        try:
            groups = _groups(benches, results, say, plan)
            make_trials(benches, _evenly(groups), results, say, end)
        finally:
            for bench in benches:
                bench.warm.close()
                bench.reader.close()


def _groups(benches: list[Bench], results: Results, say: Say, plan: Plan) -> list[list[Job]]:
    """All trials, by what they are."""
    seen, seconds = benches[0].undisturbed()
    own, tools = counted(seen), counted(benches[0].enumerate(TOOLS))
    # How many writes follow each other may differ from night to night, the first of them is there.
    firsts = (place for place in _in_turn(own) if place.writes <= 1)
    killed, looked_at = set(islice(firsts, plan.kills)), set(_in_turn(tools))
    say(f"{len(own):,} and {len(tools):,} points, photographs are taken")
    with ThreadPoolExecutor(len(benches)) as pool:
        of_own = pool.submit(
            benches[0].photograph,
            DATA,
            choose=lambda _, point: point.kind != "s",
            say=say,
            keep=lambda place, _: place in killed,
        )
        of_tools = pool.submit(
            benches[-1].photograph, TOOLS, choose=lambda place, _: place in looked_at, say=say
        )
    nights = {DATA: of_own.result(), TOOLS: of_tools.result()}
    for points, night in nights.items():
        _tell(points, night, results, say)
    return [
        *([_of_state(shot) for shot in _mixed(night.states.values())] for night in nights.values()),
        [_of_kill_at(shot) for shot in nights[DATA].kept],
        *_random(benches[0], plan.randoms, seconds, results),
    ]


def _in_turn(points: list[Point]) -> list[Place]:
    """Places of all states, every kind of them soon."""
    places = {point.number: place for place, point in placed(points)}
    return [places[point.number] for point in in_turn(structural(points))]


def _mixed(shots: Iterable[Shot]) -> list[Shot]:
    """Early and late ones side by side, so that a campaign that is stopped has tried both."""
    found = list(shots)
    random.Random(SEED).shuffle(found)
    return found


def _of_state(shot: Shot) -> Job:
    return Job(shot.name, lambda bench: bench.try_state(shot))


def _of_kill_at(shot: Shot) -> Job:
    return Job(f"killed at {shot.name}", lambda bench: bench.try_kill_as_photographed(shot))


def _of_kill(kill: Kill) -> Job:
    return Job(kill.name, lambda bench: bench.try_kill(kill))


def _tell(points: str, night: Night, results: Results, say: Say) -> None:
    states = len(structural(night.points))
    say(
        f"{points}: {len(night.points):,} points, {states:,} states that a kill can leave; "
        f"{night.taken:,} photographs mean {len(night.states):,} different things"
    )
    for error in night.asked.errors:
        say(f"FAULT while photographs were taken: reader: {error}")
    results.add(
        "points",
        points=points,
        states=states,
        taken=night.taken,
        states_named=[shot.name for shot in night.states.values()],
        questions=night.asked.questions,
        errors=night.asked.errors,
        **_counts(night.points),
    )


def _benches(folder: Path, library: Path, workers: int) -> list[Bench]:
    benches: list[Bench] = []
    province = None
    for number in range(workers):
        own = folder / f"worker {number}"
        own.mkdir()
        warm = Warm(library, own)
        province = province or make_province(folder / "province", warm)
        benches.append(Bench(own, province, warm, Reader()))
    return benches


def _counts(points: list[Point]) -> dict[str, Any]:
    return {"count": len(points), "kinds": Counter(shim.NAMES[point.kind] for point in points)}


def _random(bench: Bench, randoms: int, seconds: float, results: Results) -> list[list[Job]]:
    total = len(counted(bench.enumerate(RANDOM)))
    groups = random_kills(total, seconds, randoms, results)
    return [[_of_kill(kill) for kill in kills] for kills in groups]


def random_kills(
    total: int, seconds: float, randoms: int, results: Results
) -> tuple[list[Kill], list[Kill]]:
    """Draw those that were not made before.

    Nights differ in how many points they have and how long they take, so a campaign that goes on
    draws other ones than before: it is how many were made that counts.

    Args:
        total: Points of a night, raw writes too.
        seconds: How long it takes.
        randoms: How many are to be made.
        results: What is known.

    Returns:
        Half of them before any point whatever, half at any moment.
    """
    made = Counter(found["name"].partition(" ")[0] for found in results.trials())
    dice = random.Random(SEED + made.total())
    points = [dice.randint(1, total) for _ in range(randoms // 2 - made[RANDOM])]
    moments = [round(dice.uniform(0, seconds), 3) for _ in range(randoms // 2 - made[TIME])]
    return (
        [Kill(RANDOM, point) for point in points],
        [Kill(RANDOM, seconds=moment) for moment in moments],
    )


def _evenly(groups: Iterable[list[Job]]) -> list[Job]:
    """All groups at once, each at its pace, so that a campaign may stop at any time."""
    placed = [
        (place / len(group), number, job)
        for number, group in enumerate(groups)
        for place, job in enumerate(group)
    ]
    return [job for *_, job in sorted(placed, key=lambda each: each[:2])]


def make_trials(
    benches: Sequence[Bench], jobs: Sequence[Job], results: Results, say: Say, end: float
) -> None:
    """Make those that were not made before, on all benches at once, up to a time.

    Args:
        benches: Where they are made.
        jobs: The trials, in order.
        results: What is known, and where it is added.
        say: Is told of progress and faults.
        end: When no more is begun, as `time.monotonic` tells it.
    """
    done = {found["name"] for found in results.trials()}
    waiting = list({job.name: job for job in jobs if job.name not in done}.values())
    waiting.reverse()
    say(f"{len(done)} trials were made before, {len(waiting)} are to be made")
    guard, began, tried = threading.Lock(), time.monotonic(), 0

    def work(bench: Bench) -> None:
        nonlocal tried
        while time.monotonic() < end:
            with guard:
                if not waiting:
                    return
                job = waiting.pop()
            trial = job.do(bench)
            results.add("trial", **asdict(trial))
            with guard:
                tried += 1
                for fault in trial.faults:
                    say(f"FAULT {trial.name} ({trial.point}): {fault}")
                if tried % PROGRESS_EVERY == 0:
                    each = (time.monotonic() - began) / tried
                    left = each * len(waiting) / 60
                    say(f"{tried} tried, {len(waiting)} to go, about {left:.0f} minutes")

    with ThreadPoolExecutor(len(benches)) as pool:
        # Asked for, so that an error of one is not lost.
        for _ in pool.map(work, benches):
            pass
