"""The example of an eleventh objective in the README, followed to the letter in a copy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.reports.edition import Edition
from pipelines.reports.figures import find_figure
from pipelines.reports.history import history
from pipelines.reports.periods import parse_period
from pipelines.reports.receipt import receipt
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.transform import NodeResult, build
from tests.cases.pipeline import Pipeline

from .projects import with_own_project

STEP = re.compile(r"`dbt_project/(\S+)`:\n\n( *)```\w+\n(.*?\n) *```\n", re.DOTALL)
"""A file of the dbt project, and indented what the README writes into it."""

FINISHED = {
    "unit_id": "A",
    "authority": "ppc",
    "received_at": "2022-03-01",
    "due_at": "2022-03-15",
    "completed_at": "2022-03-10",
    "status": "delivered",
    "supplement_count": 0,
}
DOSSIERS = [
    FINISHED | {"dossier_id": "at-once"},
    FINISHED | {"dossier_id": "asked", "supplement_count": 1},
    FINISHED | {"dossier_id": "elsewhere", "unit_id": "B"},
    FINISHED | {"dossier_id": "open", "completed_at": None, "status": "processing"},
    FINISHED | {"dossier_id": "of-others", "authority": "commune"},
]
IN_MARCH = "measure_id = '11' and period_grain = 'month' and period_start = '2022-03-01'"


@dataclass(frozen=True)
class Extended:
    """A copy of the project with the new objective, built, and what became of the model's nodes."""

    pipeline: Pipeline
    nodes: tuple[NodeResult, ...]


def follow_the_readme(project: Path) -> list[str]:
    """Write what the README says into a copy of the dbt project; returns the files written."""
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## How to add an objective\n")[2].partition("\n## ")[0]
    steps = STEP.findall(section)
    for name, indent, text in steps:
        with (project / name).open("a", encoding="utf-8") as file:
            file.write(re.sub(f"^{indent}", "", text, flags=re.MULTILINE))
    register = project / "macros" / "measures" / "measure_ids.sql"
    ids = register.read_text(encoding="utf-8")
    register.write_text(ids.replace("'10',", "'10', '11',"), encoding="utf-8")
    return [name for name, _, _ in steps]


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path) -> Extended:
    folder = tmp_path_factory.mktemp("eleventh")
    pipeline = Pipeline(folder / "data", prepared_dbt)
    pipeline.settings = with_own_project(pipeline.settings, folder)
    written = follow_the_readme(pipeline.settings.dbt_project)
    assert [name.rpartition("/")[2] for name in written] == [
        "int_measure_11.sql",
        "targets.csv",
        "_measures__unit_tests.yml",
    ]
    pipeline.deliver("dossiers", "2022-03-31", DOSSIERS)
    pipeline.night("2022-04-01")
    return Extended(pipeline, build(pipeline.settings, select=["int_measure_11"]).nodes)


def test_new_objective_is_published(extended: Extended) -> None:
    [total] = extended.pipeline.rows(f"select * from marts.scorecard where {IN_MARCH}")
    assert (total["numerator"], total["denominator"], total["undecided_count"]) == (2, 3, 1)
    assert (total["scope"], total["basis"], total["is_headline"]) == ("qms", "default", True)
    assert (total["target"], total["comparator"], total["verdict"]) == (0.9, "ge", "not_met")
    assert total["measure_name_vi"] == "Hồ sơ không phải bổ sung"
    assert total["objective_no"] == 11


def test_new_objective_has_figures_of_units_and_cases(extended: Extended) -> None:
    units = extended.pipeline.ask(
        "select unit_id, numerator, denominator from marts.scorecard_by_unit"
        f" where {IN_MARCH} order by unit_id"
    )
    assert units == [("A", 1, 2), ("B", 1, 1)]
    cases = extended.pipeline.ask(
        f"select case_id, treatment from marts.measure_cases where {IN_MARCH}"
    )
    assert dict(cases) == {
        "at-once": "met",
        "asked": "failed",
        "elsewhere": "met",
        "open": "undecided",
    }


def test_new_objective_can_be_explained(extended: Extended) -> None:
    extended.pipeline.close()
    with duckdb.connect(str(extended.pipeline.settings.build)) as connection:
        edition = Edition(connection)
        figure = find_figure(edition, "11", parse_period("2022-03"))
        [asked] = [case for case in receipt(edition, figure).cases if case["treatment"] == "failed"]
        versions = history(edition, figure, asked["case_id"]).versions
    assert asked["case_id"] == "asked"
    assert len(versions) == 1


def test_new_objective_is_worded_beside_the_others(extended: Extended) -> None:
    worded = extended.pipeline.ask(
        "select measure_id, target_vi, clause_ref from marts.dim_measure order by measure_id"
    )
    assert len(worded) == 15
    assert worded[-1] == ("11", "ít nhất 90%", "khoản 11 Điều 1")


def test_test_of_the_new_objective_ran(extended: Extended) -> None:
    assert {(node.resource_type, node.status) for node in extended.nodes} == {
        ("model", "success"),
        ("unit_test", "pass"),
    }
