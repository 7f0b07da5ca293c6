"""When work arrives: how much of a year's business falls on each day.

Little around Tết and on days off, more before the summer and at the end of the year.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from pipelines.samples.dice import Dice, Floats, Ints
from pipelines.samples.province import Province
from pipelines.samples.workdays import day_number, weekday

FIRST_DAY = date(2022, 1, 1)

_SATURDAY = 5
_SATURDAY_WEIGHT = 0.2
_DAY_OFF_WEIGHT = 0.04


def days_until(last: date) -> Ints:
    """Every day of the year up to `last`."""
    return np.arange(day_number(FIRST_DAY), day_number(last) + 1, dtype=np.int64)


def day_weights(province: Province, days: Ints, seed: int) -> Floats:
    """How much business each day has; days off have what comes in online."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    working = province.workdays.is_working(days)
    rest = np.where(weekday(days) == _SATURDAY, _SATURDAY_WEIGHT, _DAY_OFF_WEIGHT)
    jitter = 0.8 + 0.4 * Dice(seed, days, "days").uniform("volume")
    weights: Floats = np.where(working, 1.0, rest) * jitter
    whole_year = np.bincount(months, weights, minlength=12)
    shares = np.array(province.names["month_weights"], dtype=np.float64)
    seasonal: Floats = weights * shares[months] / whole_year[months]
    return seasonal


def last_rows(weights: Floats, rows: int) -> Ints:
    """Spread `rows` over the days: for each day the number of rows up to its end."""
    ends: Ints = np.floor(np.cumsum(weights) / weights.sum() * rows + 0.5).astype(np.int64)
    return ends
