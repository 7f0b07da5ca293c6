"""Writes into the README what was tried and what happened.

The counts of the kills by where they struck, and one row for each test of a fault.
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

AREAS = {
    "raw files and accounts": ("raw/",),
    "publishing: copy, snapshot, rename": (
        "warehouse/warehouse.duckdb",
        "warehouse/snapshots",
    ),
    "the working database: commits, checkpoints": ("warehouse/build.duckdb",),
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
    table = "\n".join([*_kills(found), "", *_tests(tests)])
    readme.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def _kills(found: Sequence[Found]) -> Iterator[str]:
    kills = [each for each in found if each["type"] == "kill"]
    for points in {each["points"]: each for each in found if each["type"] == "points"}.values():
        name = {"data": "Files of the pipeline", "tools": "History and logs of Dagster and dbt"}
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(points["kinds"].items()))
        tried = sum(1 for kill in kills if kill["kill"].startswith(points["points"]))
        told = (
            f"- {name[points['points']]}: {points['count']:,} points ({kinds}), between which a "
            f"kill can leave the disk in {points['states']:,} states, {tried:,} of them tried."
        )
        yield textwrap.fill(told, 110, subsequent_indent="  ")
    yield ""
    yield "| killed before a change of | kills | old edition | new edition | next run mends all |"
    yield "|---|---:|---:|---:|---:|"
    for name, those in _grouped(kills).items():
        yield _row(name, those)
    yield _row("**all**", kills)
    questions = sum(kill["questions"] for kill in kills)
    errors = sum(1 for kill in kills for fault in kill["faults"] if fault.startswith("reader"))
    yield ""
    yield f"The reader beside them asked {questions:,} times and met {errors:,} errors."


def _grouped(kills: Iterable[Found]) -> dict[str, list[Found]]:
    groups: dict[str, list[Found]] = {name: [] for name in AREAS}
    groups |= {"at random, any point": [], "at random, any moment": []}
    for kill in kills:
        groups[_group(kill)].append(kill)
    return {name: those for name, those in groups.items() if those}


def _group(kill: Found) -> str:
    if kill["kill"].startswith("time"):
        return "at random, any moment"
    if kill["kill"].startswith("all"):
        return "at random, any point"
    path = kill["point"].partition(" ")[2]
    return next(name for name, starts in AREAS.items() if path.startswith(starts))


def _row(name: str, kills: Sequence[Found]) -> str:
    old = sum(1 for kill in kills if kill["published"] == "old")
    new = sum(1 for kill in kills if kill["published"] == "new")
    good = sum(1 for kill in kills if not kill["faults"])
    return f"| {name} | {len(kills):,} | {old:,} | {new:,} | {good:,} |"


def _tests(report: Path) -> Iterator[str]:
    """The tests of faults that told what they tried, from pytest's report."""
    if not report.exists():
        return
    yield "| fault | what happened | |"
    yield "|---|---|---|"
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own report
        told = {each.get("name"): each.get("value") for each in case.iter("property")}
        if "fault" in told:
            is_good = case.find("failure") is None and case.find("error") is None
            verdict = "as promised" if is_good else "FAILED"
            yield f"| {told['fault']} | {told['outcome']} | {verdict} |"
