"""Figures counted over cohorts are those of the cases, unit by unit and treatment by treatment."""

from __future__ import annotations

import duckdb
import pytest

KEY = "scope, basis, period_grain, period_start, unit_id, treatment, has_evidence"


@pytest.mark.parametrize("measure_id", ["05a", "05b", "06", "07a", "07b"])
def test_cohorts_count_as_cases_do(warehouse: duckdb.DuckDBPyConnection, measure_id: str) -> None:
    differing = warehouse.execute(
        f"""
        with

        cases as (
            select {KEY}, count(*) as cases
            from intermediate.int_measure_{measure_id}
            group by all
        ),

        cohorts as (
            select {KEY}, sum(case_count) as cases
            from intermediate.int_cohorts_{measure_id}
            group by all
        )

        (select * from cases except select * from cohorts)
        union all
        (select * from cohorts except select * from cases)
        """
    ).fetchall()
    assert differing == []


def test_every_treatment_occurs(warehouse: duckdb.DuckDBPyConnection) -> None:
    treatments = warehouse.execute(
        "select distinct treatment from intermediate.int_cohorts_05b order by all"
    ).fetchall()
    assert [treatment for (treatment,) in treatments] == [
        "excluded",
        "exempt",
        "failed",
        "met",
        "missing_completion",
        "missing_deadline",
        "suspended",
        "undecided",
    ]
