"""Every test that stops a publication can fail: each is shown the warehouse it is there to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.transform import build

FACTS = [
    "fct_dossiers",
    "fct_documents",
    "fct_directives",
    "fct_programme_tasks",
    "fct_regulations",
    "fct_unit_reports",
    "fct_initiatives",
    "fct_qms_milestones",
]
DAMAGE = {
    **{
        f"unique_{fact}_case_id": f"insert into marts.{fact} from marts.{fact} limit 1"
        for fact in FACTS
    },
    **{
        f"not_null_{fact}_case_id": f"insert into marts.{fact} (case_id) values (null)"
        for fact in FACTS
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


@pytest.fixture(scope="module", params=["figures", "cases"])
def failures(
    request: pytest.FixtureRequest, copy_warehouse: Callable[[], Settings]
) -> dict[str, str]:
    """The status of every blocking test once all the damage of its kind is done.

    dbt skips what hangs on something whose test failed, so figures are damaged in a copy of their
    own, in which the cases are sound.
    """
    damage = {
        test: statement
        for test, statement in DAMAGE.items()
        if ("int_scorecard" in statement) == (request.param == "figures")
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
    is_figure = [test in failures for test in DAMAGE if "int_scorecard" in DAMAGE[test]]
    is_case = [test in failures for test in DAMAGE if "int_scorecard" not in DAMAGE[test]]
    assert all(is_figure) or all(is_case)
