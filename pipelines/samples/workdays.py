"""Working days as arithmetic on whole columns: days are numbers since 1970-01-01.

Good for the years the samples reach into and no others; the pipeline's own calendar is a reviewed
seed of the dbt project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.samples.dice import Flags, Ints

MINUTES = 24 * 60
"""Minutes of a day: instants are minutes since 1970-01-01 00:00 local time."""

_FIRST = date(2021, 12, 1)
_LAST = date(2024, 12, 31)
_EPOCH = date(1970, 1, 1)
_SATURDAY = 5


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


@dataclass(frozen=True)
class Workdays:
    """The working days from December 2021 to December 2024.

    Attributes:
        first: Number of the first day known.
        worked_until: For each day from `first`: how many working days up to and including it.
        nth: The day number of each working day, by its number; position 0 is unused.
    """

    first: int
    worked_until: Ints
    nth: Ints

    @classmethod
    def without(cls, days_off: Sequence[date]) -> Workdays:
        """Monday to Friday except `days_off`."""
        first = day_number(_FIRST)
        days = np.arange(first, day_number(_LAST) + 1, dtype=np.int64)
        closed = np.isin(days, [day_number(day) for day in days_off])
        working = (weekday(days) < _SATURDAY) & ~closed
        return cls(first, np.cumsum(working), np.concatenate([days[:1], days[working]]))

    def is_working(self, days: Ints) -> Flags:
        """Whether offices are open."""
        position = days - self.first
        flags: Flags = self.worked_until[position] > self.worked_until[position - 1]
        return flags

    def add(self, days: Ints, count: int | Ints) -> Ints:
        """The day `count` working days after (or before) `days`; the first day is not counted.

        A day off plus 1 is the next working day, minus 0 the last one before it.
        """
        number = np.maximum(self.worked_until[days - self.first] + count, 1)
        ends: Ints = self.nth[number]
        return ends

    def between(self, begin: Ints, end: Ints) -> Ints:
        """Working days after `begin` up to and including `end`."""
        return self.worked_until[end - self.first] - self.worked_until[begin - self.first]

    def roll(self, days: Ints) -> Ints:
        """The same day if it is a working day, else the next one."""
        return np.where(self.is_working(days), days, self.add(days, 1))


def weekday(days: Ints) -> Ints:
    """0 for Monday to 6 for Sunday."""
    return (days + 3) % 7


def day_of(minutes: Ints) -> Ints:
    """The day an instant lies in."""
    return minutes // MINUTES
