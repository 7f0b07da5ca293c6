"""Writes into the README what was tried and what happened.

How many points and photographs there were, what came of the trials by where the night was cut
short, and one row for each test of a fault.
"""

from __future__ import annotations

import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

BEGIN = "<!-- what was tried: written by `make faults` -->"
END = "<!-- end of what was tried -->"

Found = Mapping[str, Any]

KILLED = "killed at a point, left what its photograph shows"
AREAS = {
    "raw files and accounts": ("raw/",),
    "publishing: copy, snapshot, rename": (
        "warehouse/warehouse.duckdb",
        "warehouse/snapshots",
    ),
    "the working database: commits, checkpoints": ("warehouse/build.duckdb",),
    "the reports": ("reports/",),
    "the history and logs of Dagster and dbt": (".d",),
    "everything else (lock, news, temporary files)": ("",),
}
"""Where a point lies, by how its path begins; the first that fits."""


def write_table(readme: Path, found: Sequence[Found], tests: Path) -> None:
    """Replace what stands between the markers.

    Raises:
        ValueError: The README has no such markers.
    """
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} lacks the lines {BEGIN} and {END}.")
    table = "\n".join([*_trials(found), "", *_tests(tests)])
    readme.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def _trials(found: Sequence[Found]) -> Iterator[str]:
    trials = [each for each in found if each["type"] == "trial"]
    nights = {each["points"]: each for each in found if each["type"] == "points"}
    for points, night in nights.items():
        yield textwrap.fill(_counted(points, night, trials), 110, subsequent_indent="  ")
    yield ""
    yield "| what was tried | trials | old edition | new edition | next run mends all |"
    yield "|---|---:|---:|---:|---:|"
    for name, those in _grouped(trials).items():
        yield _row(name, those)
    yield _row("**all**", trials)
    questions = sum(each["questions"] for each in (*trials, *nights.values()))
    errors = sum(1 for each in trials for fault in each["faults"] if fault.startswith("reader"))
    errors += sum(len(night["errors"]) for night in nights.values())
    yield ""
    yield f"The reader beside them asked {questions:,} times and met {errors:,} errors."
    for trial in trials:
        for fault in trial["faults"]:
            yield ""
            yield f"**Not as promised**: {trial['name']}, before `{trial['point']}`: {fault}."


def _counted(points: str, night: Found, trials: Sequence[Found]) -> str:
    name = {"data": "Files of the pipeline", "tools": "History and logs of Dagster and dbt"}[points]
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(night["kinds"].items()))
    states, tried = night["states_named"], {each["name"] for each in trials}
    return (
        f"- {name}: {night['count']:,} points ({kinds}), between which a kill can leave the disk "
        f"in {night['states']:,} states. {night['taken']:,} photographs show {len(states):,} "
        f"that are not the same to the next run, {len(tried & {*states}):,} of these were tried."
    )


def _grouped(trials: Iterable[Found]) -> dict[str, list[Found]]:
    groups: dict[str, list[Found]] = {
        f"photographed before a change of {name}": [] for name in AREAS
    }
    groups |= {KILLED: [], "killed at random, any point": [], "killed at random, any moment": []}
    for trial in trials:
        groups[_group(trial)].append(trial)
    return {name: those for name, those in groups.items() if those}


def _group(trial: Found) -> str:
    how = trial["name"].partition(" ")[0]
    if how in ("data", "tools"):
        path = trial["point"].partition(" ")[2]
        area = next(name for name, starts in AREAS.items() if path.startswith(starts))
        return f"photographed before a change of {area}"
    return {
        "killed": KILLED,
        "all": "killed at random, any point",
        "time": "killed at random, any moment",
    }[how]


def _row(name: str, trials: Sequence[Found]) -> str:
    old = sum(1 for each in trials if each["published"] == "old")
    new = sum(1 for each in trials if each["published"] == "new")
    good = sum(1 for each in trials if not each["faults"])
    return f"| {name} | {len(trials):,} | {old:,} | {new:,} | {good:,} |"


def _tests(report: Path) -> Iterator[str]:
    """The tests of faults that told what they tried, from pytest's report."""
    if not report.exists():
        return
    yield "| fault | what happened | |"
    yield "|---|---|---|"
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - our own report
    for case in sorted(cases, key=_where):
        told = {each.get("name"): each.get("value") for each in case.iter("property")}
        if "fault" in told:
            is_good = case.find("failure") is None and case.find("error") is None
            verdict = "as promised" if is_good else "FAILED"
            yield f"| {told['fault']} | {told['outcome']} | {verdict} |"


def _where(case: ET.Element) -> tuple[str, int]:
    """Where a test stands: two workers report theirs in no order."""
    return case.get("file", ""), int(case.get("line", 0))
