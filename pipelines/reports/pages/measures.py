"""All that a page tells of one measure, gathered for all measures at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.reports.edition import Edition, Words
from pipelines.reports.figures import (
    Figure,
    every_figure,
    headline_trend,
    previous_headlines,
)
from pipelines.reports.pages.behaviour import Behaviour, Point, behaviours, without_points
from pipelines.reports.pages.contributors import (
    Contributor,
    failing_procedures,
    failing_units,
)
from pipelines.reports.pages.definitions import definitions
from pipelines.reports.periods import Period

MONTHS = 24
"""Months of a trend, as many as an XmR chart is made of."""

_TARGETS_SQL = """
    select
        targets.decision_id, targets.measure_id, targets.objective_no, targets.dataset,
        targets.clause_ref, targets.clause_vi, decisions.title_vi, decisions.issuer_vi
    from seeds.targets as targets
    inner join seeds.decisions as decisions using (decision_id)
"""
_CUMULATIVE_SQL = "select measure_id from marts.dim_measure where is_cumulative"
_CHANGES_SQL = """
    select
        now.measure_id,
        now.numerator - earlier.numerator as count_change,
        100 * (now.rate - earlier.rate) as point_change
    from marts.scorecard as now
    inner join marts.scorecard as earlier using (measure_id, scope, basis, period_grain)
    where
        now.is_headline and now.period_grain = $grain and now.period_start = $start
        and earlier.period_end = $start::date - 1
"""


@dataclass(frozen=True)
class Clause:
    """What the decision in force says of a measure; the fields are columns of its seeds."""

    decision_id: str
    measure_id: str
    objective_no: int
    dataset: str
    clause_ref: str
    clause_vi: str
    title_vi: str
    issuer_vi: str


@dataclass(frozen=True)
class Month:
    """One month of a trend: the figure, and its point on the XmR chart if it is one."""

    figure: Figure
    point: Point | None


@dataclass(frozen=True)
class Measure:
    """One measure in one period.

    Attributes:
        figure: Its headline figure.
        clause: The clause that it answers to.
        previous: The headline figure of the period before, if that was published.
        change: What it gained since, in percentage points, or in cases where things are counted.
        behaviour: How it behaves over time.
        months: Its trend, the oldest first.
        years: Every year so far, the oldest first.
        ways: Every scope and basis in which it is counted, the headline first.
        units: The units with the most failures.
        procedures: The procedures with the most failures; none unless it is about dossiers.
        definition: How it is counted, as Markdown; None where the warehouse does not tell.
    """

    figure: Figure
    clause: Clause
    previous: Figure | None
    change: float | int | None
    behaviour: Behaviour
    months: Sequence[Month]
    years: Sequence[Figure]
    ways: Sequence[Figure]
    units: Sequence[Contributor]
    procedures: Sequence[Contributor]
    definition: Words | None


def measures(edition: Edition, period: Period) -> list[Measure]:
    """Every measure of a period.

    Raises:
        ConfigurationError: The warehouse has no figures for that period.
    """
    ways = _by_measure(every_figure(edition, period))
    clauses = _clauses(edition)
    headlines = {name: found[0] for name, found in ways.items()}
    about = {name: clauses[figure.decision_id, name] for name, figure in headlines.items()}
    of_dossiers = [
        figure for name, figure in headlines.items() if about[name].dataset == "dossiers"
    ]
    trend = _by_measure(headline_trend(edition, period, MONTHS))
    previous = {figure.measure_id: figure for figure in previous_headlines(edition, period)}
    changes = _changes(edition, period, headlines)
    known, cumulative = behaviours(edition), _cumulative(edition)
    units = failing_units(edition, period)
    procedures = failing_procedures(edition, of_dossiers)
    explained = definitions(edition)
    found = []
    for name, figure in headlines.items():
        behaviour = known.get(name) or without_points(is_cumulative=name in cumulative)
        found.append(
            Measure(
                figure=figure,
                clause=about[name],
                previous=previous.get(name),
                change=changes.get(name),
                behaviour=behaviour,
                months=_months(trend[name], behaviour.points),
                years=[figure for figure in trend[name] if figure.period_grain == "year"],
                ways=ways[name],
                units=units.get(name, ()),
                procedures=procedures.get(name, ()),
                definition=explained.get(name),
            )
        )
    return found


def _by_measure(figures: Sequence[Figure]) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.measure_id, []).append(figure)
    return found


def _clauses(edition: Edition) -> dict[tuple[str, str], Clause]:
    clauses = [Clause(**row) for row in edition.rows(_TARGETS_SQL)]
    return {(clause.decision_id, clause.measure_id): clause for clause in clauses}


def _cumulative(edition: Edition) -> set[str]:
    return {row["measure_id"] for row in edition.rows(_CUMULATIVE_SQL)}


def _changes(
    edition: Edition, period: Period, headlines: Mapping[str, Figure]
) -> dict[str, float | int | None]:
    rows = edition.rows(_CHANGES_SQL, {"grain": period.grain, "start": period.start})
    return {
        row["measure_id"]: row[
            "count_change" if headlines[row["measure_id"]].is_count else "point_change"
        ]
        for row in rows
    }


def _months(trend: Sequence[Figure], points: Mapping[date, Point]) -> list[Month]:
    return [
        Month(figure, points.get(figure.period_start))
        for figure in trend
        if figure.period_grain == "month"
    ]
