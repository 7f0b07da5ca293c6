"""All trials: which there are, what has been tried already, and the workers that try the rest.

Results are appended to a file as they come, each with the fingerprint of the code it speaks of, so
that a campaign that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines import news
from tests.faults import shim
from tests.faults.province import make_province
from tests.faults.reader import Reader
from tests.faults.shim import Point
from tests.faults.trials import Bench, Kill, in_turn, structural
from tests.faults.warm import Warm

SEED = 20221231
PROGRESS_EVERY = 25

Say = Callable[[str], None]


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

    def add(self, kind: str, **facts: Any) -> None:
        """Keep one."""
        line = json.dumps({"code": self.code, "type": kind, **facts}, ensure_ascii=False)
        with self._guard, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def run(
    results: Results,
    say: Say,
    *,
    workers: int,
    randoms: int,
    minutes: float,
    most: Mapping[str, int],
) -> None:
    """Try what has not been tried, for so many minutes at most.

    Args:
        results: What is known, and where it is added.
        say: Is told of progress and faults.
        workers: How many nights are killed at a time.
        randoms: How many are killed at random.
        minutes: When to stop.
        most: How many states are tried at most, by class of points.
    """
    end = time.monotonic() + 60 * minutes
    parent = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108 - no disk to wait for
    with tempfile.TemporaryDirectory(prefix="faults-", dir=parent) as name:
        folder = Path(name)
        library = shim.build(folder)
        benches = _benches(folder, library, workers)
        try:
            seen, seconds = benches[0].undisturbed()
            known = {"data": seen, "tools": benches[0].enumerate("tools")}
            groups = [_planned(known[name], results, say, name, most[name]) for name in known]
            groups.append(_random(benches[0], randoms, seconds))
            _do(benches, _evenly(groups), results, say, end)
        finally:
            for bench in benches:
                bench.warm.close()
                bench.reader.close()


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


def _planned(found: list[Point], results: Results, say: Say, points: str, most: int) -> list[Kill]:
    """The states that a kill can leave, of one class of points, up to a number."""
    counted = [point for point in found if point.mark == "+"]
    states = structural(found)
    chosen = in_turn(states)[:most]
    say(
        f"{points}: {len(counted):,} points, {len(states):,} states that a kill can leave, "
        f"{len(chosen):,} to be tried"
    )
    results.add("points", points=points, states=len(states), **_counts(counted))
    return [Kill(points, point.number) for point in chosen]


def _counts(points: list[Point]) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for point in points:
        name = shim.NAMES[point.kind]
        kinds[name] = kinds.get(name, 0) + 1
    return {"count": len(points), "kinds": kinds}


def _random(bench: Bench, randoms: int, seconds: float) -> list[Kill]:
    """Half of them at any point whatever, raw writes too; half at any moment."""
    total = sum(1 for point in bench.enumerate("all") if point.mark == "+")
    dice = random.Random(SEED)
    found = []
    for _ in range(randoms // 2):
        found.append(Kill("all", dice.randint(1, total)))
        found.append(Kill("all", seconds=round(dice.uniform(0, seconds), 3)))
    return found


def _evenly(groups: Iterable[list[Kill]]) -> list[Kill]:
    """All groups at once, each at its pace, so that a campaign may stop at any time."""
    placed = [
        (place / len(group), number, kill)
        for number, group in enumerate(groups)
        for place, kill in enumerate(group)
    ]
    return [kill for *_, kill in sorted(placed, key=lambda each: each[:2])]


def _do(benches: list[Bench], kills: list[Kill], results: Results, say: Say, end: float) -> None:
    done = {found["kill"] for found in results.all() if found["type"] == "kill"}
    waiting = list({kill.name: kill for kill in kills if kill.name not in done}.values())
    waiting.reverse()
    say(f"{len(done)} kills were tried before, {len(waiting)} are to be tried")
    guard, began, tried = threading.Lock(), time.monotonic(), 0

    def work(bench: Bench) -> None:
        nonlocal tried
        while time.monotonic() < end:
            with guard:
                if not waiting:
                    return
                kill = waiting.pop()
            trial = bench.try_kill(kill)
            results.add("kill", **asdict(trial))
            with guard:
                tried += 1
                for fault in trial.faults:
                    say(f"FAULT {trial.kill} ({trial.point}): {fault}")
                if tried % PROGRESS_EVERY == 0:
                    each = (time.monotonic() - began) / tried
                    left = each * len(waiting) / 60
                    say(f"{tried} tried, {len(waiting)} to go, about {left:.0f} minutes")

    threads = [threading.Thread(target=work, args=(bench,)) for bench in benches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
