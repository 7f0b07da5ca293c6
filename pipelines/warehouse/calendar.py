"""Days off of the years nobody has reviewed yet, as the `holidays` package knows them.

The reviewed years are the seed `calendar_overrides`, kept by hand with its sources. What is here
only writes its unreviewed neighbour, `calendar_unreviewed`, so that nothing at run time needs the
package: `python -m pipelines.warehouse.calendar` renews the file after an upgrade, and a test says
when that is due. Which of the two seeds a day is taken from is decided in dbt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

from pipelines.settings import PROJECT_DIR

SEED = PROJECT_DIR / "dbt_project" / "seeds" / "calendar_unreviewed.csv"
FIRST_YEAR, LAST_YEAR = 2005, 2040
"""The years `dim_date` holds."""
REVIEWED_YEARS = range(2021, 2027)
"""The years of the seed `calendar_overrides`, which this file leaves out."""
SOURCE = "Gói PyPI holidays, chưa rà soát"
MAKE_UP_NAME = "Ngày làm bù"


@dataclass(frozen=True, order=True)
class CalendarDay:
    """One day that differs from the plain week: a weekday off, or a Saturday worked."""

    date_day: date
    is_working_day: bool
    name_vi: str
    source: str = SOURCE


def unreviewed_days(first_year: int, last_year: int) -> list[CalendarDay]:
    """The exceptions to Monday to Friday from `first_year` to `last_year`, in order of date.

    Args:
        first_year: First year, as the Gregorian calendar counts.
        last_year: Last year, included.

    Raises:
        ModuleNotFoundError: The development dependency `holidays` is not installed.
    """
    # Only whoever renews the seed, and the test that compares it, have the package.
    import holidays

    # One year more: a make-up day may lie in the year before the day off it pays for.
    country = holidays.country_holidays("VN", years=range(first_year, last_year + 2), language="vi")
    days_off = [
        CalendarDay(day, False, name)
        for day, name in country.items()
        if day.weekday() not in country.weekend
    ]
    make_ups = [CalendarDay(day, True, MAKE_UP_NAME) for day in country.weekend_workdays]
    return sorted(
        day for day in days_off + make_ups if first_year <= day.date_day.year <= last_year
    )


def seed_text(days: Iterable[CalendarDay]) -> str:
    """The seed file of `days`: a header, then one line each."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(field.name for field in fields(CalendarDay))
    writer.writerows(
        (day.isoformat(), str(is_working_day).lower(), *rest)
        for day, is_working_day, *rest in map(astuple, days)
    )
    return buffer.getvalue()


def unreviewed_seed() -> str:
    """What the seed should hold: every year of `dim_date` but the reviewed ones."""
    return seed_text(
        day
        for day in unreviewed_days(FIRST_YEAR, LAST_YEAR)
        if day.date_day.year not in REVIEWED_YEARS
    )


def write_seed(path: Path = SEED) -> None:
    """Renew the seed file."""
    path.write_text(unreviewed_seed(), encoding="utf-8")


if __name__ == "__main__":
    write_seed()
