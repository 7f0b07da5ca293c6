"""Who pulls a figure down: the units and the procedures with the most cases that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.reports.cases import cases_of
from pipelines.reports.edition import Edition
from pipelines.reports.figures import Figure
from pipelines.reports.periods import Period

SHOWN = 5
"""Contributors named for each measure."""

_UNITS_SQL = """
    with
    failing as (
        select
            measure_id,
            unit_id as id,
            unit_name as name,
            denominator - numerator as failures,
            denominator as counted,
            rate
        from marts.scorecard_by_unit
        where
            is_headline and period_grain = $grain and period_start = $start
            and denominator > numerator
    )
"""
# Cases are worked out when they are asked for: only the dossiers' measures have procedures.
_PROCEDURES_SQL = """
    with
    counted as (
        select measure_id, case_id, is_met
        from marts.measure_cases
        where is_counted and ({figures})
    ),
    dossiers as (
        select case_id, procedure_id, procedure_name
        from marts.fct_dossier_versions
        where valid_to_extract_on is null
    ),
    failing as (
        select
            counted.measure_id,
            coalesce(dossiers.procedure_id, '') as id,
            coalesce(any_value(dossiers.procedure_name), '') as name,
            count(*) filter (not counted.is_met) as failures,
            count(*) as counted,
            count(*) filter (counted.is_met) / count(*) as rate
        from counted
        inner join dossiers using (case_id)
        group by all
        having failures > 0
    )
"""
_FIRST_SQL = """
    select
        *,
        failures / sum(failures) over (partition by measure_id) as share,
        count(*) over (partition by measure_id) as others
    from failing
    qualify
        row_number() over (partition by measure_id order by failures desc, counted, id) <= $shown
    order by measure_id, failures desc, counted, id
"""


@dataclass(frozen=True)
class Contributor:
    """One unit or procedure and its part in what a measure failed.

    Attributes:
        measure_id: The measure.
        id: Of the unit or procedure; empty where a dossier names none.
        name: Its name.
        failures: Cases that were counted and not met.
        counted: Cases that were counted.
        rate: Share met; None where the evidence does not bear one.
        share: Of all failures of the measure.
        others: How many units or procedures have failures at all, this one included.
    """

    measure_id: str
    id: str
    name: str
    failures: int
    counted: int
    rate: float | None
    share: float
    others: int


Contributors = Mapping[str, Sequence[Contributor]]
"""By measure, the most failures first."""


def failing_units(edition: Edition, period: Period) -> Contributors:
    """The units with the most failures of each headline figure."""
    return _first(edition, _UNITS_SQL, {"grain": period.grain, "start": period.start})


def failing_procedures(edition: Edition, figures: Sequence[Figure]) -> Contributors:
    """The procedures with the most failures of figures of dossiers."""
    condition, values = cases_of(figures)
    return _first(edition, _PROCEDURES_SQL.format(figures=condition), values)


def _first(edition: Edition, query: str, values: Mapping[str, object]) -> Contributors:
    found: dict[str, list[Contributor]] = {}
    for row in edition.rows(query + _FIRST_SQL, {**values, "shown": SHOWN}):
        found.setdefault(row["measure_id"], []).append(Contributor(**row))
    return found
