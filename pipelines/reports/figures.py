"""Published figures as reports read them: of a period, of all units or of one, on every basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipelines.errors import ConfigurationError
from pipelines.reports.edition import Edition
from pipelines.reports.numbers import (
    NOTHING,
    exact_share,
    format_rate,
    format_share,
    format_target,
    shown_decimals,
    truncated,
)
from pipelines.reports.periods import Period

_FIGURES_SQL = """
    select
        decision_id, measure_id, measure_name_vi, measure_name_en, scope, basis, is_headline,
        period_grain, period_start, period_end, evaluated_on, numerator, denominator, rate, target,
        comparator, verdict, is_conclusive, rate_low, rate_high, missing_deadline_count,
        missing_completion_count, exempt_count, suspended_count, undecided_count, excluded_count,
        failures_left, {unit}
    from {figures}
    where ($edition is null or published_at = $edition) and {which}
    order by
        measure_id,
        scope <> 'qms',
        basis <> first_value(basis) over (partition by measure_id order by is_headline desc),
        basis,
        array_position(['month', 'quarter', 'half_year', 'year'], period_grain),
        period_start,
        unit_name,
        unit_id
"""
_OF_PERIOD = "period_grain = $grain and period_start = $start"


@dataclass(frozen=True)
class Figure:
    """One published figure; the fields are columns of `marts.scorecard`."""

    decision_id: str
    measure_id: str
    measure_name_vi: str
    measure_name_en: str
    scope: str
    basis: str
    is_headline: bool
    period_grain: str
    period_start: date
    period_end: date
    evaluated_on: date
    numerator: int
    denominator: int | None
    rate: float | None
    target: float
    comparator: str
    verdict: str
    is_conclusive: bool
    rate_low: float | None
    rate_high: float | None
    missing_deadline_count: int
    missing_completion_count: int
    exempt_count: int
    suspended_count: int
    undecided_count: int
    excluded_count: int
    failures_left: int | None
    unit_id: str | None = None
    unit_name: str | None = None

    @property
    def is_count(self) -> bool:
        """Whether things are counted instead of a share taken (initiatives)."""
        return self.denominator is None

    @property
    def missing_count(self) -> int:
        """Cases that nobody can judge, which widen the bounds."""
        return self.missing_deadline_count + self.missing_completion_count

    @property
    def hangs_on_missing_data(self) -> bool:
        """Whether the missing cases could turn the verdict."""
        return not self.is_conclusive and self.verdict != "insufficient_evidence"

    @property
    def counts(self) -> str:
        """The figure as it was counted: `numerator/denominator`, or the number alone."""
        return f"{self.numerator}" if self.is_count else f"{self.numerator}/{self.denominator}"

    @property
    def shown_rate(self) -> str:
        """The rate, truncated so that it does not contradict the verdict."""
        if self.rate is None or not self.denominator:
            return NOTHING
        share = exact_share(self.target)
        return format_rate(
            self.numerator,
            self.denominator,
            share.numerator,
            share.denominator,
            self.comparator,
            self.verdict,
        )

    @property
    def truncated_rate(self) -> tuple[Fraction, int] | None:
        """The same as a number, with the decimals of a percentage that it was cut to."""
        if self.rate is None or not self.denominator:
            return None
        rate, target = Fraction(self.numerator, self.denominator), exact_share(self.target)
        decimals = shown_decimals(
            self.numerator, self.denominator, target, self.comparator, self.verdict
        )
        return truncated(rate, decimals), decimals

    @property
    def shown_target(self) -> str:
        """The target with its comparator."""
        target = Fraction(int(self.target)) if self.is_count else exact_share(self.target)
        return format_target(target, self.comparator, is_count=self.is_count)

    @property
    def shown_bounds(self) -> str:
        """What the rate would be with all missing cases failed, and with all of them met."""
        if self.rate_low is None or self.rate_high is None:
            return NOTHING
        return f"{format_share(self.rate_low)} … {format_share(self.rate_high)}"


def every_figure(edition: Edition, period: Period, unit: str | None = None) -> list[Figure]:
    """The figures of a period in every scope and on every basis, of all units or of one.

    In order of measures; of one measure the headline first, then its other bases, then the other
    scope.

    Raises:
        ConfigurationError: The warehouse has no figures for that period or unit.
    """
    if unit is None:
        found = figures_if_any(edition, period)
    else:
        which = f"{_OF_PERIOD} and unit_id = $unit"
        found = _select_of_units(edition, which, grain=period.grain, start=period.start, unit=unit)
    if not found:
        raise ConfigurationError(_nothing_there(edition, period, unit))
    return found


def figures(edition: Edition, period: Period, unit: str | None = None) -> list[Figure]:
    """The headline figures of a period, of all units or of one.

    Raises:
        ConfigurationError: The warehouse has no figures for that period or unit.
    """
    return [figure for figure in every_figure(edition, period, unit) if figure.is_headline]


def figures_if_any(edition: Edition, period: Period) -> list[Figure]:
    """What `every_figure` finds of all units; nothing where the warehouse has no such period."""
    return _select(edition, _OF_PERIOD, grain=period.grain, start=period.start)


def previous_headlines(edition: Edition, period: Period) -> list[Figure]:
    """The headline figures of the period of the same length before; none if there was none."""
    which = "is_headline and period_grain = $grain and period_end = $start::date - 1"
    return _select(edition, which, grain=period.grain, start=period.start)


def headline_trend(edition: Edition, period: Period, months: int) -> list[Figure]:
    """The headline figures of the last months up to the end of a period, and of every year so far.

    In order of measures and of time.
    """
    which = """
        is_headline and (
            period_grain = 'year' and period_start <= $start
            or period_grain = 'month' and period_start between
                $end::date + 1 - to_months($months) and $end
        )
    """
    return _select(edition, which, start=period.start, months=months, end=period.end)


def headlines_by_unit(edition: Edition, period: Period) -> list[Figure]:
    """The headline figures of a period of every unit that has any, in order of measures."""
    which = f"{_OF_PERIOD} and is_headline"
    return _select_of_units(edition, which, grain=period.grain, start=period.start)


def headlines_within(edition: Edition, year: int) -> list[Figure]:
    """The headline figures of every period of a year; by measure, months first, the year last."""
    which = "is_headline and year(period_start) = $year"
    return _select(edition, which, year=year)


def find_figure(
    edition: Edition,
    measure: str,
    period: Period,
    *,
    unit: str | None = None,
    scope: str | None = None,
    basis: str | None = None,
) -> Figure:
    """One figure; what is not said is the headline's.

    Args:
        edition: Where to look.
        measure: An id; `5b` and `05B` are `05b`.
        period: The period.
        unit: A unit's figure instead of the one of all units.
        scope: `qms` or `province`.
        basis: A way of counting.

    Raises:
        ConfigurationError: There is no such figure; what there is, is named.
    """
    found = every_figure(edition, period, unit)
    of_measure = [figure for figure in found if figure.measure_id == _measure_id(measure)]
    if not of_measure:
        known = ", ".join(dict.fromkeys(figure.measure_id for figure in found))
        raise ConfigurationError(
            f"{measure!r} is not a measure with figures here: choose one of {known}."
        )
    headline = next((figure for figure in of_measure if figure.is_headline), of_measure[0])
    wanted = (scope or headline.scope, basis or headline.basis)
    for figure in of_measure:
        if (figure.scope, figure.basis) == wanted:
            return figure
    known = ", ".join(f"{figure.scope} {figure.basis}" for figure in of_measure)
    raise ConfigurationError(
        f"{headline.measure_id} is not published as {' '.join(wanted)}: choose one of {known}."
    )


def _select(edition: Edition, which: str, **values: object) -> list[Figure]:
    query = _FIGURES_SQL.format(
        figures=edition.scorecard, unit="null as unit_id, null as unit_name", which=which
    )
    return _figures(edition, query, values)


def _select_of_units(edition: Edition, which: str, **values: object) -> list[Figure]:
    query = _FIGURES_SQL.format(
        figures="marts.scorecard_by_unit", unit="unit_id, unit_name", which=which
    )
    return _figures(edition, query, values)


def _figures(edition: Edition, query: str, values: Mapping[str, object]) -> list[Figure]:
    rows = edition.rows(query, {"edition": edition.remembered, **values})
    return [Figure(**row) for row in rows]


def _measure_id(text: str) -> str:
    """`5b` and `05B` are `05b`."""
    return text.strip().lower().zfill(2 if text.strip().isdigit() else 3)


def _nothing_there(edition: Edition, period: Period, unit: str | None) -> str:
    [row] = edition.rows(
        f"select min(period_start) as first, max(period_end) as last from {edition.scorecard} "
        "where $edition is null or published_at = $edition",
        {"edition": edition.remembered},
    )
    held = f"the figures published run from {row['first']} to {row['last']}"
    of_unit = f" of the unit {unit!r} (ids are in marts.dim_unit)" if unit else ""
    return f"There are no figures{of_unit} for the period {period.code}: {held}."
