"""A reader of the published warehouse, as a process of its own.

Started with the path of the file, it connects once, says so, and asks the same questions again and
again until it is told to end; then it says what it saw. It stands for a chart that stays open.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

SECONDS_BETWEEN = 0.2

QUERY = """
    with figures as (
        select min(published_at) as published_at, sum(numerator) as met
        from marts.scorecard where measure_id = '05b'
    ),
    cases as (
        select count(*) filter (where treatment = 'met') as met
        from marts.measure_cases where measure_id = '05b'
    )
    select published_at::varchar, figures.met, cases.met from figures, cases
"""


@dataclass(frozen=True)
class Seen:
    """What a reader saw: the different answers it got, and how often it asked."""

    answers: list[tuple[str, int, int]]
    questions: int


class Reader:
    """A reader at work."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-B", __file__, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "connected\n", self.process.communicate()[1]

    def end(self) -> Seen:
        """Let it ask once more, and tell."""
        output, errors = self.process.communicate("\n")
        assert self.process.returncode == 0, errors
        told = json.loads(output)
        return Seen([tuple(answer) for answer in told["answers"]], told["questions"])


def _read(path: str) -> None:
    answers, questions, is_told = [], 0, False
    with duckdb.connect(path, read_only=True, config={"threads": 1}) as connection:
        sys.stdout.write("connected\n")
        sys.stdout.flush()
        while not is_told:
            is_told = bool(select.select([sys.stdin], [], [], SECONDS_BETWEEN)[0])
            answer = connection.execute(QUERY).fetchone()
            answers += [] if answer in answers else [answer]
            questions += 1
    json.dump({"answers": answers, "questions": questions}, sys.stdout, default=int)


if __name__ == "__main__":
    _read(sys.argv[1])
