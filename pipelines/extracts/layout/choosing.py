"""Which of several sheets, or tables of a page, is the one to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.headers import HeaderMatch


@dataclass(frozen=True)
class Candidate:
    """A sheet or table in which a header was found.

    Attributes:
        index: Its place among all of them.
        name: As a person knows it.
        place: Of the last row of its header.
        match: The fit of its header.
        rows: How many rows stand below the header.
    """

    index: int
    name: str
    place: int
    match: HeaderMatch
    rows: int


def choose(candidates: Sequence[Candidate]) -> Candidate:
    """The candidate whose header names most columns.

    Raises:
        RejectedFileError: Several hold such a table: reading one would lose the others.
    """
    best = max(candidates, key=lambda one: (one.match.score, one.rows > 0))
    equals = [
        one.name
        for one in candidates
        if one.match.score == best.match.score and one.rows and not one.match.missing
    ]
    if len(equals) > 1:
        raise RejectedFileError(
            f"Only one table of a file is read, and {' and '.join(equals)} have the same columns: "
            "keep one, send each as a file of its own, or name the sheet in the contract."
        )
    return best
