"""Headers of several levels: rows one below the other whose merged cells make one header each.

Of a merged cell only the first place holds the text: an upper label stretches to the right over the
labels below it, a label that is merged downwards stands in its upper row alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.contracts.matching import fold_label

MAX_LEVELS = 3
LEVEL_SEPARATOR = " / "
_FEWEST_CHILDREN = 2
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Labels:
    """The header of each column, put together.

    Attributes:
        shown: For people: "Tiếp nhận / Tổng số".
        names: Folded names that a contract may know it by: the lowest label, or all of them.
    """

    shown: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]


def rows_of_text(rows: Iterable[Sequence[str | None]]) -> list[tuple[str, ...]]:
    """Cells as stripped text, empty where there is nothing."""
    return [tuple((cell or "").strip() for cell in row) for row in rows]


def labels_of(levels: Sequence[tuple[str, ...]]) -> Labels:
    """Put the rows of a header together, column by column."""
    if len(levels) == 1:
        names = map(_folded, levels[0])
        return Labels(levels[0], tuple((name,) if name else () for name in names))
    paths = _paths(levels)
    return Labels(tuple(map(LEVEL_SEPARATOR.join, paths)), tuple(map(_names, paths)))


def may_continue(header: tuple[str, ...], below: tuple[str, ...], declared: Sequence[int]) -> bool:
    """Whether the row below a header only divides merged cells of it.

    It does when it holds several texts, none below a declared column, and each where the header
    has a merged cell: a blank one, or one with a blank one to its right.
    """
    filled = [place for place, cell in enumerate(below) if cell]
    if len(filled) < _FEWEST_CHILDREN or set(filled) & set(declared):
        return False
    padded = (*header, *[""] * (len(below) + 1 - len(header)))
    return all(
        _LETTER.search(below[place]) and not (padded[place] and padded[place + 1])
        for place in filled
    )


def _paths(levels: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Labels above and in the lowest filled cell of each column, upper ones first."""
    width = max(map(len, levels))
    padded = [(*row, *[""] * (width - len(row))) for row in levels]
    reaching = [""] * len(levels)
    paths = []
    for column in zip(*padded, strict=True):
        for level, cell in enumerate(column):
            if cell:
                # A new label ends those that reached here from the left, at its level and below.
                reaching[level:] = [cell] + [""] * (len(levels) - level - 1)
        lowest = max((level for level, cell in enumerate(column) if cell), default=-1)
        paths.append([label for label in reaching[: lowest + 1] if label])
    return paths


def _names(path: list[str]) -> tuple[str, ...]:
    folded = list(map(_folded, path))
    names = [folded[-1:], folded[-2:], folded]
    return tuple(dict.fromkeys(" ".join(name) for name in names if any(name)))


@lru_cache(maxsize=1_024)
def _folded(cell: str) -> str:
    """Folded once, though a row is tried with the rows above it too."""
    return fold_label(cell)
