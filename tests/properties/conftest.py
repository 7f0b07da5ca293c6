"""One province of random histories, built once for each of two as-of dates.

Hypothesis draws the histories, hundreds of them share a build, and a property is asserted of each.
The same ones are drawn in every run; `--hypothesis-seed=NUMBER` draws others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pytest

from tests.cases.pipeline import Pipeline
from tests.properties.province import Province
from tests.properties.reference import Version

SEED = 20_220_331
MID_MONTH, MONTH_END = date(2022, 4, 15), date(2022, 5, 31)
NIGHTS = (date(2022, 4, 30), date(2022, 6, 30), date(2022, 3, 15), MID_MONTH)
"""As-of dates of nights that make one warehouse: the clock may be set forward and back."""


@dataclass(frozen=True)
class Built:
    """A copy of a built warehouse."""

    as_of: date
    path: Path


@dataclass
class World:
    """The province, the pipeline, and copies of what was built."""

    province: Province
    pipeline: Pipeline
    editions: dict[str, Built]

    def histories(self) -> dict[str, list[Sequence[Version]]]:
        """What is told of every case, in as many histories as it has rows."""
        found: dict[str, list[Sequence[Version]]] = defaultdict(list)
        for item in self.province.told():
            of_case = {
                "documents": item.case_id.rpartition("|")[0],
                "unit_reports": item.case_id.partition("|")[0],
            }
            found[of_case.get(item.source, item.case_id)].append(item.versions)
        return found


@pytest.fixture(scope="session")
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path
) -> Iterator[World]:
    """The province as of a month's end, as of a day in an earlier month, and again as before."""
    province = Province(int(request.config.getoption("--hypothesis-seed") or SEED))
    pipeline = Pipeline(tmp_path_factory.mktemp("province") / "data", prepared_dbt)
    province.write_contract(pipeline)
    for (source, day), rows in province.extracts().items():
        pipeline.deliver(source, day, rows)
    pipeline.read_extracts()
    assert pipeline.ask("select distinct status, rows_rejected from ops.extract_log") == [
        ("loaded", 0)
    ]
    editions = {}
    for name, as_of in (("late", MONTH_END), ("early", MID_MONTH), ("again", MONTH_END)):
        pipeline.build(as_of)
        pipeline.publish()
        editions[name] = Built(as_of, keep(pipeline, name))
    yield World(province, pipeline, editions)
    pipeline.close()


@pytest.fixture(scope="session", params=["by date", "in any order"])
def night_by_night(
    request: pytest.FixtureRequest,
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
    prepared_dbt: Path,
) -> Built:
    """The same extracts over four nights, each merged into what the nights before had published.

    By date they are merged case by case; in any order most nights bring extracts from before those
    that were merged.
    """
    pipeline = Pipeline(tmp_path_factory.mktemp("nights") / "data", prepared_dbt)
    world.province.write_contract(pipeline)
    extracts = sorted(world.province.extracts().items(), key=lambda item: item[0][1])
    if request.param == "in any order":
        Random(SEED).shuffle(extracts)
    size = -(-len(extracts) // len(NIGHTS))
    for number, as_of in enumerate(NIGHTS):
        for (source, day), rows in extracts[number * size : (number + 1) * size]:
            pipeline.deliver(source, day, rows)
        pipeline.night(as_of)
        pipeline.publish()
    return Built(MID_MONTH, keep(pipeline, "nights"))


def keep(pipeline: Pipeline, name: str) -> Path:
    """Copy the working database while nobody has it open."""
    pipeline.close()
    copy = pipeline.settings.data_dir / f"{name}.duckdb"
    copy.write_bytes(pipeline.settings.build.read_bytes())
    return copy
