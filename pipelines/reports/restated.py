"""What the newest publication said differently of closed periods, in lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.reports.edition import Edition
from pipelines.reports.periods import Period

SHOWN = 10
"""Headline figures named; the rest are counted."""

_COUNTS_SQL = """
    select
        count(*) as figures,
        count(*) filter (unit_id is null) as totals
    from marts.restatements
    where published_at = $published_at
"""
_HEADLINES_SQL = """
    with
    cases as (
        select
            measure_id, scope, basis, period_grain, period_start,
            count(distinct case_id) as cases
        from marts.restatement_cases
        where published_at = $published_at and unit_id is null
        group by all
    )
    select
        restatements.measure_id,
        restatements.scope,
        restatements.basis,
        restatements.period_grain,
        restatements.period_start,
        restatements.numerator_before,
        restatements.denominator_before,
        restatements.numerator_after,
        restatements.denominator_after,
        coalesce(cases.cases, 0) as cases
    from marts.restatements
    semi join (select * from marts.scorecard where is_headline) as headlines
        using (measure_id, scope, basis, period_grain, period_start)
    left join cases using (measure_id, scope, basis, period_grain, period_start)
    where restatements.published_at = $published_at and restatements.unit_id is null
    order by restatements.measure_id, restatements.period_start, restatements.period_grain
"""


@dataclass(frozen=True)
class Restated:
    """What one publication restated.

    Attributes:
        figures: How many figures, of all units together and of single ones, on every basis.
        totals: How many of them are of all units together.
        headlines: The headline figures among the totals, a line each.
    """

    figures: int
    totals: int
    headlines: Sequence[str]

    @property
    def lines(self) -> list[str]:
        """What to say: the first headline figures, and how many more there are."""
        more = len(self.headlines) - SHOWN
        rest = [f"{more} more headline figures; see marts.restatements"] if more > 0 else []
        return [*self.headlines[:SHOWN], *rest]


def restated(edition: Edition) -> Restated:
    """What the edition says differently from the one before it."""
    parameters = {"published_at": edition.stamp()[1]}
    [counts] = edition.rows(_COUNTS_SQL, parameters)
    headlines = edition.rows(_HEADLINES_SQL, parameters) if counts["totals"] else []
    return Restated(counts["figures"], counts["totals"], [_line(row) for row in headlines])


def _line(row: dict[str, Any]) -> str:
    figure = f"{row['measure_id']} {row['scope']} {row['basis']}"
    period = Period(row["period_grain"], row["period_start"]).code
    before, after = (
        _counts(row[f"numerator_{when}"], row[f"denominator_{when}"])
        for when in ("before", "after")
    )
    cases = "1 case" if row["cases"] == 1 else f"{row['cases']} cases"
    return f"{figure} {period}: {before} -> {after}, {cases}; see marts.restatement_cases"


def _counts(numerator: int | None, denominator: int | None) -> str:
    return str(numerator) if denominator is None else f"{numerator}/{denominator}"
