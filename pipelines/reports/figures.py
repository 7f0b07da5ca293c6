"""Published figures as reports read them: of a period, of all units or of one, on every basis."""

from __future__ import annotations

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
    where ($edition is null or published_at = $edition) and {condition}
    order by
        measure_id,
        scope <> 'qms',
        basis <> first_value(basis) over (partition by measure_id order by is_headline desc),
        basis,
        period_end - period_start,
        period_start,
        unit_name,
        unit_id
"""
_OF_PERIOD = "period_grain = $grain and period_start = $start"
_ALL_UNITS = "null as unit_id, null as unit_name"
_EACH_UNIT = "unit_id, unit_name"


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
        found = _read(edition, _OF_PERIOD, period)
    else:
        condition = f"{_OF_PERIOD} and unit_id = $unit"
        found = _read(edition, condition, period, of_units=True, unit=unit)
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
    return _read(edition, _OF_PERIOD, period)


def figures_of_units(edition: Edition, period: Period) -> list[Figure]:
    """The headline figures of a period, of each unit that has any; by measure and unit."""
    return _read(edition, f"{_OF_PERIOD} and is_headline", period, of_units=True)


def figures_within(edition: Edition, year: int) -> list[Figure]:
    """The headline figures of every period of a year; by measure, months first, the year last."""
    condition = "year(period_start) = year($start) and is_headline"
    return _read(edition, condition, Period("year", date(year, 1, 1)))


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


def _read(
    edition: Edition, condition: str, period: Period, *, of_units: bool = False, **values: object
) -> list[Figure]:
    query = _FIGURES_SQL.format(
        figures="marts.scorecard_by_unit" if of_units else edition.scorecard,
        unit=_EACH_UNIT if of_units else _ALL_UNITS,
        condition=condition,
    )
    parameters = {"start": period.start, "edition": edition.remembered, **values}
    if "$grain" in condition:
        parameters["grain"] = period.grain
    return [Figure(**row) for row in edition.rows(query, parameters)]


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
