"""Measures whole commands: wall time, processor time and peak memory, two of them in turn.

Only ratios of one run on one machine mean anything, so two commands are measured A B A B and their
medians compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ACCEPTED = {0, 3}
"""A night that quarantined rows of the samples ends with 3; it was a whole night all the same."""

LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Sample:
    """One command, run once.

    Attributes:
        seconds: Wall time.
        cpu_seconds: Processor time of it and its children.
        peak_mib: The most memory that it had resident, or the largest process that it started;
            dbt and Great Expectations run inside it. 0 where it cannot be told apart.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float


@dataclass(frozen=True)
class Command:
    """A command to be measured.

    Attributes:
        name: What the table calls it.
        arguments: The command line.
        settings: Environment variables besides this process's own.
        before: Puts everything back to where each round starts; not measured.
    """

    name: str
    arguments: Sequence[str | Path]
    settings: Mapping[str, str] | None = None
    before: Callable[[], None] | None = None


def python(script: Path, *arguments: str | Path) -> list[str | Path]:
    """The command line of a script of ours."""
    return [sys.executable, script, *arguments]


def qo(*arguments: str | Path) -> list[str | Path]:
    """The command line of the program itself."""
    return [sys.executable, "-m", "pipelines.cli", *arguments]


def run(command: Command, log: Path) -> Sample:
    """Run a command once; what it prints goes to `log`.

    Raises:
        RuntimeError: It failed.
    """
    if command.before is not None:
        command.before()
    environment = {**os.environ, **(command.settings or {})}
    result = log.with_suffix(".json")
    launched = [*python(LAUNCH, result), *command.arguments]
    with log.open("w", encoding="utf-8") as out:
        arguments = [str(part) for part in launched]
        subprocess.run(arguments, stdout=out, stderr=out, env=environment, check=True)
    found = json.loads(result.read_text(encoding="utf-8"))
    if (status := found.pop("status")) not in ACCEPTED:
        raise RuntimeError(f"{command.name} ended with {status}; it printed {log}.")
    return Sample(**found)


def in_turn(commands: Sequence[Command], rounds: int, folder: Path) -> list[Sample]:
    """Run the commands one after the other, `rounds` times, and return each one's medians."""
    samples: list[list[Sample]] = [[] for _ in commands]
    for number in range(rounds):
        for place, command in enumerate(commands):
            log = folder / f"{command.name.replace(' ', '-').replace(',', '')}.{number}.log"
            samples[place].append(run(command, log))
    return [_median(found) for found in samples]


def in_turn_here(actions: Sequence[Callable[[], object]], rounds: int) -> list[Sample]:
    """Call functions in this process in turn, after a first time that does not count.

    Their memory is not told apart.
    """
    samples: list[list[Sample]] = [[] for _ in actions]
    for action in actions:
        action()
    for _ in range(rounds):
        for place, action in enumerate(actions):
            start, cpu_start = time.perf_counter(), time.process_time()
            action()
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu_start
            samples[place].append(Sample(seconds, cpu, peak_mib=0))
    return [_median(found) for found in samples]


def _median(found: Sequence[Sample]) -> Sample:
    return Sample(
        seconds=median(sample.seconds for sample in found),
        cpu_seconds=median(sample.cpu_seconds for sample in found),
        peak_mib=max(sample.peak_mib for sample in found),
    )
