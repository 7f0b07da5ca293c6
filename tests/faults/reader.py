"""Somebody who asks the published warehouse again and again, as a process of its own.

Unlike a chart that stays open it opens the file anew for each question, so that it meets every
moment of a publication. It is told which file to ask, and answers what went wrong.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

SECONDS_BETWEEN = 0.2
"""A question takes a fifth of that from the nights beside it."""
QUERY = """
    select count(*), count(distinct published_at), count(distinct measure_id)
    from marts.scorecard
"""
MEASURES = 14


@dataclass(frozen=True)
class Asked:
    """How often was asked, and what went wrong."""

    questions: int
    errors: list[str]


class Reader:
    """The process, as its callers see it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-B", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def watch(self, published: Path) -> None:
        """Ask this file from now on."""
        self._tell(str(published))

    def stop(self) -> Asked:
        """Stop asking, and tell."""
        told = self._tell("")
        return Asked(told["questions"], told["errors"])

    def _tell(self, line: str) -> dict[str, object]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def _serve() -> None:
    path, questions, errors = "", 0, []
    # Lines are read by hand: a buffer would hide one from select.
    while True:
        wait = SECONDS_BETWEEN if path else None
        if select.select([0], [], [], wait)[0]:
            line = os.read(0, 10_000)
            if not line:
                return
            told = {"questions": questions, "errors": errors}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            path, questions, errors = line.decode().strip(), 0, []
            continue
        questions += 1
        error = _ask(path)
        if error and error not in errors:
            errors.append(error)


def _ask(path: str) -> str | None:
    try:
        with duckdb.connect(path, read_only=True, config={"threads": 1}) as con:
            [(figures, stamps, measures)] = con.execute(QUERY).fetchall()
    except duckdb.Error as error:
        return str(error)
    if figures and (stamps, measures) == (1, MEASURES):
        return None
    return f"{figures} figures of {measures} measures with {stamps} stamps"


if __name__ == "__main__":
    _serve()
