"""The cases add up to the figures: each way in which they may not is found.

A night may check some of the dossiers only, those that changed. Then the figures are held against
all cohorts, and the rules of cohorts against those of cases over the dossiers that are checked.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.transform import build

from .projects import with_own_project

ADD_UP = "assert_cases_add_up_to_scorecard"
SOME = """
{% macro checked_dossiers() -%}
    (select * from {{ ref('int_dossiers__cases') }} where received_on < date '2022-03-01')
{%- endmacro %}

{% macro are_all_dossiers_checked() -%}
    false
{%- endmacro %}
"""
SAME_COLUMNS = """
    measure_id, scope, basis, period_grain, period_start, case_id, unit_id, is_counted, is_met,
    treatment, reason, received_on, due_on, completed_on
"""

FIGURE = """
    update intermediate.int_scorecard set undecided_count = undecided_count + 1
    where measure_id = '07a' and scope = 'qms' and period_grain = 'year' and is_total
"""
FIGURE_OF_OTHERS = """
    update intermediate.int_scorecard set numerator = numerator + 1
    where measure_id = '10' and is_total
"""
COHORT = """
    update intermediate.int_dossiers__cohorts set case_count = case_count + 1
    where rowid = (select min(rowid) from intermediate.int_dossiers__cohorts)
"""
DOSSIER = """
    update intermediate.int_dossiers__cases set is_withdrawn = true
    where completed_on is not null and excluded_reason is null
"""
DOCUMENT = """
    delete from intermediate.int_documents__cases where excluded_reason is null
"""
# Cohorts round to months; a period that ends within one is not theirs.
PERIOD = """
    update intermediate.int_periods set evaluated_on = evaluated_on - 12
    where period_grain = 'month' and period_start = '2022-02-01'
"""


def status(settings: Settings, damage: str | None) -> str:
    """What the test says of the warehouse after a statement."""
    if damage is not None:
        with open_build(settings) as connection:
            connection.execute(damage)
    [node] = build(settings, select=[ADD_UP]).nodes
    return node.status


@pytest.mark.parametrize("damage", [FIGURE, FIGURE_OF_OTHERS, COHORT, DOSSIER, DOCUMENT, PERIOD])
def test_every_difference_is_found(copy_warehouse: Callable[[], Settings], damage: str) -> None:
    assert status(copy_warehouse(), damage) == "fail"


@pytest.fixture(scope="module")
def project(
    copy_warehouse: Callable[[], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A project that checks some dossiers, and shows the cases of a relation."""
    settings = with_own_project(copy_warehouse(), tmp_path_factory.mktemp("some"))
    macros = settings.dbt_project / "macros" / "measures" / "checked_dossiers.sql"
    macros.write_text(SOME, encoding="utf-8")
    model = settings.dbt_project / "models" / "intermediate" / "measures" / "int_compared.sql"
    text = "{{ dossier_measure_cases(ref('int_dossiers__cases')) }}\n"
    model.write_text(text, encoding="utf-8")
    return settings


def test_rules_of_cohorts_are_held_against_those_of_cases(
    copy_warehouse: Callable[[], Settings], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Figures and cohorts are sound here; the rule by which cohorts are made no longer is."""
    settings = with_own_project(copy_warehouse(), tmp_path_factory.mktemp("rounding"))
    macros = settings.dbt_project / "macros" / "measures"
    (macros / "checked_dossiers.sql").write_text(SOME, encoding="utf-8")
    rounding = (macros / "cohorts.sql").read_text(encoding="utf-8")
    assert "::int\n" in rounding
    (macros / "cohorts.sql").write_text(rounding.replace("::int\n", "::int + 31\n"), "utf-8")
    assert status(settings, None) == "fail"


@pytest.fixture
def checks_some(copy_warehouse: Callable[[], Settings], project: Settings) -> Settings:
    """A warehouse of a test's own under that project."""
    data_dir = copy_warehouse().data_dir
    return project.model_copy(update={"data_dir": data_dir})


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (None, "pass"),
        (DOSSIER, "pass"),
        (FIGURE, "fail"),
        (FIGURE_OF_OTHERS, "fail"),
        (COHORT, "fail"),
        (PERIOD, "fail"),
    ],
)
def test_some_dossiers_are_checked(
    checks_some: Settings, damage: str | None, expected: str
) -> None:
    assert status(checks_some, damage) == expected


def test_cases_of_any_relation_are_those_of_the_measures(checks_some: Settings) -> None:
    [model] = build(checks_some, select=["int_compared"]).nodes
    assert model.status == "success", model.message
    with open_build(checks_some) as connection:
        [(cases, differing)] = connection.execute(
            f"""
            with
            one as (select {SAME_COLUMNS} from intermediate.int_compared),
            other as (
                select {SAME_COLUMNS} from marts.measure_cases
                where measure_id in ('05a', '05b', '07a', '07b')
            ),
            differing as (
                (select * from one except all select * from other)
                union all
                (select * from other except all select * from one)
            )
            select (select count(*) from one), (select count(*) from differing)
            """
        ).fetchall()
    assert cases > 0
    assert differing == 0
