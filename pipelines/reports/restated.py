"""What the newest publication with news said differently of closed periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.reports.edition import Edition
from pipelines.reports.periods import Period

SHOWN = 10
"""Headline figures named; the rest are counted."""

_NEWEST_SQL = "select max(published_at) as published_at from marts.published_figures"
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
class RestatedHeadline:
    """A headline figure of all units that the publication changed; fields as in the marts.

    Attributes:
        cases: How many cases moved it.
    """

    measure_id: str
    scope: str
    basis: str
    period_grain: str
    period_start: date
    numerator_before: int | None
    denominator_before: int | None
    numerator_after: int | None
    denominator_after: int | None
    cases: int

    @property
    def period(self) -> Period:
        """Its period."""
        return Period(self.period_grain, self.period_start)

    def __str__(self) -> str:
        """A line for a log."""
        figure = f"{self.measure_id} {self.scope} {self.basis} {self.period.code}"
        before = _counts(self.numerator_before, self.denominator_before)
        after = _counts(self.numerator_after, self.denominator_after)
        cases = "1 case" if self.cases == 1 else f"{self.cases} cases"
        return f"{figure}: {before} -> {after}, {cases}; see marts.restatement_cases"


@dataclass(frozen=True)
class Restated:
    """What one publication restated.

    Attributes:
        figures: How many figures, of all units together and of single ones, on every basis.
        totals: How many of them are of all units together.
        headlines: The headline figures among the totals.
    """

    figures: int
    totals: int
    headlines: Sequence[RestatedHeadline]

    @property
    def lines(self) -> list[str]:
        """What to say: the first headline figures, and how many more there are."""
        more = len(self.headlines) - SHOWN
        rest = [f"{more} more headline figures; see marts.restatements"] if more > 0 else []
        return [*map(str, self.headlines[:SHOWN]), *rest]


def restated(edition: Edition) -> Restated:
    """What the edition says differently from the one before it.

    A run that only renewed the stamp has said nothing: the last one with news is meant.
    """
    [newest] = edition.rows(_NEWEST_SQL)
    [counts] = edition.rows(_COUNTS_SQL, newest)
    rows = edition.rows(_HEADLINES_SQL, newest) if counts["totals"] else []
    return Restated(counts["figures"], counts["totals"], [RestatedHeadline(**row) for row in rows])


def _counts(numerator: int | None, denominator: int | None) -> str:
    return str(numerator) if denominator is None else f"{numerator}/{denominator}"
