"""The points of a night: which classes there are, which stand for others, which are alike.

How a point is seen belongs to `shim.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.faults.shim import Point

OF_TOOLS = ".d"
"""How the folders of Dagster's history and dbt's compiled project begin, which are written most and
matter least: a class of points of its own."""
IN_PLACE = "rl"
"""Renames and links: how many writes go before one may differ from night to night, these do not."""
DATA, NAMES, TOOLS, RANDOM = "data", "names", "tools", "all"
CLASSES: dict[str, dict[str, Any]] = {
    DATA: {"exclude": OF_TOOLS},
    NAMES: {"exclude": OF_TOOLS, "kinds": IN_PLACE},
    TOOLS: {"include": OF_TOOLS},
    RANDOM: {},
}
"""Which points are counted: of the pipeline's files, of those the ones that put a file in place, of
its tools' files, of all together."""


@dataclass(frozen=True)
class Place:
    """Where in a night a point stands: a log may take a write more or less than in another night.

    Attributes:
        others: Points that are no writes, up to it.
        writes: Writes since the last of these, up to it.
    """

    others: int
    writes: int

    def __str__(self) -> str:
        """`301.0` of the 301st point that is no write, `301.2` of the second write after it."""
        return f"{self.others}.{self.writes}"


_CHANCE = re.compile(r"[0-9a-f]{8,}[0-9a-f-]*|qo-\w+|tmp\w+|\d{4}-\d\d-\d\dT[\d.+-]+(?=\.duckdb)")


def is_of(points: str, path: str) -> bool:
    """Whether a path belongs to a class."""
    return points == RANDOM or path.startswith(OF_TOOLS) == (points == TOOLS)


def counted(points: Iterable[Point]) -> list[Point]:
    """Those that have a number of their own."""
    return [point for point in points if point.mark != "-"]


def masked(path: str) -> str:
    """A path without what chance or the clock put into it."""
    return _CHANCE.sub("*", path)


def placed(points: Iterable[Point]) -> Iterator[tuple[Place, Point]]:
    """The points with their places, by which one is found again in another night."""
    others = writes = 0
    for point in points:
        others, writes = (others, writes + 1) if point.kind == "w" else (others + 1, 0)
        yield Place(others, writes), point


def structural(points: list[Point]) -> list[Point]:
    """The points before which a kill leaves a state of the disk that no other kill leaves.

    What a kill after a point leaves is what one before the next leaves. An fsync changes nothing
    that a killed process could lose, so the state on either side of it is that of the next point.
    Of a run of writes to one file, up to the next fsync, the first, the second and the last stand
    for all.
    """
    chosen = []
    for place, point in enumerate(points):
        near = [*points[max(0, place - 2) : place], *points[place + 1 : place + 2]]
        is_inner = len(near) == 3 and all(_goes_on(point, other) for other in near)
        if point.kind != "s" and not is_inner:
            chosen.append(point)
    return chosen


def _goes_on(point: Point, other: Point) -> bool:
    return (point.kind, point.path) == (other.kind, other.path) and point.kind == "w"


def in_turn(points: list[Point]) -> list[Point]:
    """The points in an order that comes to each kind of place soon, to the like of it later."""
    alike: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        like = re.sub(r"[\w.-]+(?=\.sql|\.csv|\.html)", "*", masked(point.path))
        alike.setdefault((point.kind, like), []).append(point)
    ranked = []
    for those in alike.values():
        random.Random(len(those)).shuffle(those)
        ranked += [(rank, point.number, point) for rank, point in enumerate(those)]
    return [point for _, _, point in sorted(ranked, key=lambda each: each[:2])]
