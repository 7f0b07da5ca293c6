"""How measures behave over time: their marks and points, as `marts.process_behaviour` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.reports.edition import Edition

CUMULATIVE = "cumulative"
"""The mark of measures that count from the start of the year: their months do not stand alone."""

_POINTS_SQL = """
    select
        measure_id, period_start, point_count, mean_rate, lower_limit, upper_limit, variation,
        assurance, is_outside_limits, is_in_shift, is_in_trend, is_two_of_three
    from marts.process_behaviour
    order by measure_id, period_start
"""


@dataclass(frozen=True)
class Point:
    """One month of a measure on its XmR chart; the fields are columns of the mart."""

    measure_id: str
    period_start: date
    point_count: int
    mean_rate: float
    lower_limit: float
    upper_limit: float
    variation: str
    assurance: str
    is_outside_limits: bool
    is_in_shift: bool
    is_in_trend: bool
    is_two_of_three: bool


@dataclass(frozen=True)
class Behaviour:
    """What is known of how a measure behaves.

    Attributes:
        variation: The mark of variation, as of the last point.
        assurance: The mark of assurance.
        points: Its months, the oldest first.
    """

    variation: str
    assurance: str
    points: Mapping[date, Point] = field(default_factory=dict)

    @property
    def latest(self) -> Point | None:
        """The last point, whose marks these are."""
        return self.points[max(self.points)] if self.points else None


def behaviours(edition: Edition) -> Mapping[str, Behaviour]:
    """The behaviour of each measure that has points."""
    points: dict[str, dict[date, Point]] = {}
    for row in edition.rows(_POINTS_SQL):
        point = Point(**row)
        points.setdefault(point.measure_id, {})[point.period_start] = point
    found = {}
    for measure_id, months in points.items():
        latest = months[max(months)]
        found[measure_id] = Behaviour(latest.variation, latest.assurance, months)
    return found


def without_points(*, is_cumulative: bool) -> Behaviour:
    """The marks of a measure whose months say nothing, or do not stand alone."""
    mark = CUMULATIVE if is_cumulative else "not_enough_data"
    return Behaviour(mark, mark)
