"""Every test that stops a publication can fail: each is shown the warehouse it is there to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.transform import build

CASES = {
    "int_dossiers__cases": "int_dossiers__cases",
    "fct_documents": "int_documents__rows",
    "fct_directives": "int_directives__cases",
    "fct_programme_tasks": "int_programme_tasks__cases",
    "fct_regulations": "int_regulations",
    "fct_unit_reports": "int_unit_reports",
    "fct_initiatives": "int_initiatives",
    "fct_qms_milestones": "int_qms_milestones",
}
"""What has one row per case, and the table its rows are in."""
DAMAGE = {
    **{
        f"one_row_per_case_{relation}_case_id": (
            f"insert into intermediate.{table} from intermediate.{table} limit 1"
        )
        for relation, table in CASES.items()
    },
    "assert_cases_add_up_to_scorecard": """
        update intermediate.int_scorecard set numerator = numerator - 1
        where measure_id = '05b' and is_total and period_grain = 'year' and numerator > 0
    """,
    "assert_units_add_up_to_total": """
        update intermediate.int_scorecard set denominator = denominator + 1
        where measure_id = '05b' and not is_total and period_grain = 'quarter'
    """,
    "assert_rates_within_bounds": """
        update intermediate.int_scorecard set rate = 1.01 where measure_id = '07b'
    """,
    "assert_every_figure_once": """
        delete from intermediate.int_scorecard where measure_id = '10' and period_grain = 'month'
    """,
    "assert_one_current_version_per_case": """
        update intermediate.int_documents__versions set is_current = true
    """,
    "assert_one_treatment_per_case": """
        insert into intermediate.int_documents__cases from intermediate.int_documents__cases limit 1
    """,
}


def short_name(unique_id: str) -> str:
    return unique_id.split(".")[2]


def test_only_invariants_stop_a_publication(manifest: dict[str, Any]) -> None:
    blocking = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error"
    }
    assert blocking == set(DAMAGE)


def kind(statement: str) -> str:
    """What a statement damages."""
    tables = {"int_scorecard": "figures", "int_dossiers__cases": "dossiers"}
    return next((name for table, name in tables.items() if table in statement), "cases")


@pytest.fixture(scope="module", params=["figures", "cases", "dossiers"])
def failures(
    request: pytest.FixtureRequest, copy_warehouse: Callable[[], Settings]
) -> dict[str, str]:
    """The status of every blocking test once all the damage of its kind is done.

    dbt skips what hangs on something whose test failed, so figures are damaged in a copy of their
    own, in which the cases are sound, and so are dossiers.
    """
    damage = {
        test: statement for test, statement in DAMAGE.items() if kind(statement) == request.param
    }
    settings = copy_warehouse()
    with open_build(settings) as connection:
        for statement in damage.values():
            connection.execute(statement)
    outcome = build(settings, select=list(damage))
    return {short_name(node.unique_id): node.status for node in outcome.nodes}


def test_invariants_fail_on_damage(failures: dict[str, str]) -> None:
    assert failures
    assert set(failures.values()) == {"fail"}, failures


def test_no_invariant_is_left_out(failures: dict[str, str]) -> None:
    of_kind = {kind(statement) for test, statement in DAMAGE.items() if test in failures}
    assert len(of_kind) == 1
    assert failures.keys() >= {test for test in DAMAGE if {kind(DAMAGE[test])} == of_kind}


def test_a_row_without_a_case_stops_a_publication(copy_warehouse: Callable[[], Settings]) -> None:
    settings = copy_warehouse()
    with open_build(settings) as connection:
        connection.execute("update intermediate.int_regulations set case_id = null")
    outcome = build(settings, select=["one_row_per_case_fct_regulations_case_id"])
    assert [node.status for node in outcome.nodes] == ["fail"]
