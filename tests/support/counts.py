"""What the cases of a working database add up to, worked out apart from what was counted."""

from __future__ import annotations

from typing import Any

from tests.cases.pipeline import Pipeline

COUNTED = ("+int_measure_counts", "+int_measure_cases")
"""What a night has to build for this, of all models."""

_TREATMENTS = (
    "met",
    "failed",
    "missing_deadline",
    "missing_completion",
    "exempt",
    "suspended",
    "undecided",
    "excluded",
)
_FIGURE = "measure_id, scope, basis, period_grain, period_start, unit_id"


def miscounted(pipeline: Pipeline, condition: str = "true") -> list[tuple[Any, ...]]:
    """Some counts that differ from the cases behind them, of units and of all of them together.

    Args:
        pipeline: Has built at least `COUNTED`.
        condition: Restricts the figures looked at, in SQL.
    """
    counts = ", ".join(
        f"count(*) filter (where treatment = '{name}') as {name}_count" for name in _TREATMENTS
    )
    columns = ", ".join(f"{name}_count" for name in _TREATMENTS)
    return pipeline.ask(
        f"""
        with

        cases as (
            select {_FIGURE}, count(*) as case_count, {counts},
                count(*) filter (where has_evidence) as evidence_count
            from (
                from intermediate.int_measure_cases
                union all
                select * replace (null as unit_id) from intermediate.int_measure_cases
            )
            where {condition}
            group by all
        ),

        counted as (
            select {_FIGURE}, case_count, {columns}, evidence_count
            from intermediate.int_measure_counts
            where {condition}
        )

        (select 'cases', * from cases except all select 'cases', * from counted)
        union all
        (select 'counted', * from counted except all select 'counted', * from cases)
        limit 5
        """
    )


def touched(pipeline: Pipeline) -> set[str]:
    """The periods that the batch at work has counted, such as `2022-H1`; not yet published."""
    found = pipeline.ask(
        """
        select
            case period_grain
                when 'month' then strftime(period_start, '%Y-%m')
                when 'quarter' then concat(year(period_start), '-Q', quarter(period_start))
                when 'half_year'
                    then concat(year(period_start), '-H', if(month(period_start) = 1, 1, 2))
                else year(period_start)::varchar
            end
        from intermediate.int_touched_periods
        """
    )
    names = [name for (name,) in found]
    assert len(names) == len(set(names))
    return set(names)
