"""Periods as people write them: `2022`, `2022-H1`, `2022-Q1`, `2022-03`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.errors import ConfigurationError

_PATTERN = re.compile(
    r"(?P<year>\d{4})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Period:
    """A period of the scorecard, by its grain (as published) and its first day."""

    grain: str
    start: date

    @property
    def code(self) -> str:
        """The period as a person types it."""
        year, month = self.start.year, self.start.month
        return {
            "year": f"{year:04d}",
            "half_year": f"{year:04d}-H{(month + 5) // 6}",
            "quarter": f"{year:04d}-Q{(month + 2) // 3}",
            "month": f"{year:04d}-{month:02d}",
        }[self.grain]

    @property
    def end(self) -> date:
        """Its last day."""
        months = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}[self.grain]
        years, month = divmod(self.start.month - 1 + months, 12)
        return date(self.start.year + years, month + 1, 1) - timedelta(days=1)

    @property
    def label_vi(self) -> str:
        """The period in Vietnamese."""
        year, month = self.start.year, self.start.month
        return {
            "year": f"năm {year}",
            "half_year": f"6 tháng {'đầu' if month == 1 else 'cuối'} năm {year}",
            "quarter": f"quý {(month + 2) // 3} năm {year}",
            "month": f"tháng {month:02d}/{year}",
        }[self.grain]

    @property
    def label_en(self) -> str:
        """The period in English."""
        year, month = self.start.year, self.start.month
        return {
            "year": f"{year}",
            "half_year": f"{'first' if month == 1 else 'second'} half of {year}",
            "quarter": f"quarter {(month + 2) // 3} of {year}",
            "month": f"{self.start:%B} {year}",
        }[self.grain]


def parse_period(text: str) -> Period:
    """Read a period.

    Raises:
        ConfigurationError: The text is none of the four forms.
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None or int(match["year"]) == 0:
        raise ConfigurationError(
            f"{text!r} is not a period: write a year (2022), a half-year (2022-H1), "
            "a quarter (2022-Q1) or a month (2022-03)."
        )
    year = int(match["year"])
    if match["half"]:
        return Period("half_year", date(year, 6 * int(match["half"]) - 5, 1))
    if match["quarter"]:
        return Period("quarter", date(year, 3 * int(match["quarter"]) - 2, 1))
    if match["month"]:
        return Period("month", date(year, int(match["month"]), 1))
    return Period("year", date(year, 1, 1))
