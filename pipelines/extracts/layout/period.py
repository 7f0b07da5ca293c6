"""The period an extract speaks of, read from its title: "(Từ ngày 01/01/2022 đến ngày 31/03/2022)".

A title says which days an extract holds, never when it was made. Of several periods in one title
the most exact wording counts; two different ones of the same wording are no period at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from pipelines.contracts.matching import fold_label

Days = tuple[date, date]
"""First and last day, both included."""

_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_DAY = (
    r"(?:ngày\s*:?\s*)?(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*((?:19|20)\d{2})"
)
_RANGE = re.compile(rf"{_DAY}\s*(?:đến|tới|-|–)\s*(?:hết\s*)?{_DAY}")
_SINGLE_DAY = re.compile(_DAY)
_YEAR = r"(?:năm\s*|[/.-]\s*|\s)((?:19|20)\d{2})\b"
_QUARTER = re.compile(rf"\bquý\s*(iv|i{{1,3}}|[1-4])\s*{_YEAR}")
_MONTHS = re.compile(rf"\b([369])\s*tháng\s*(?:(đầu|cuối)\s*)?{_YEAR}")
_MONTH = re.compile(rf"\btháng\s*(0?[1-9]|1[0-2])\s*{_YEAR}")
_WHOLE_YEAR = re.compile(r"\bnăm\s*((?:19|20)\d{2})\b")


def period_in(texts: Iterable[str]) -> Days | None:
    """The one period that the lines of a title name.

    Args:
        texts: The cells above the header.

    Returns:
        First and last day; None when no period is named, or two that differ.
    """
    lines = [fold_label(text).replace("quí", "quý") for text in texts]
    if found := {days for line in lines for days in _ranges(line)}:
        return found.pop() if len(found) == 1 else None
    # Where and when the list was printed is no period: "Huế, ngày 05 tháng 01 năm 2022".
    lines = [_SINGLE_DAY.sub("", line) for line in lines]
    for reader in _READERS:
        if found := {days for line in lines for days in reader(line)}:
            return found.pop() if len(found) == 1 else None
    return None


def _ranges(line: str) -> Iterator[Days]:
    for match in _RANGE.finditer(line):
        day, month, year, last_day, last_month, last_year = map(int, match.groups())
        try:
            days = date(year, month, day), date(last_year, last_month, last_day)
        except ValueError:
            continue
        if days[0] <= days[1]:
            yield days


def _quarters(line: str) -> Iterator[Days]:
    for quarter, year in _QUARTER.findall(line):
        last = 3 * _QUARTERS[quarter]
        yield _months(int(year), last - 2, last)


def _several_months(line: str) -> Iterator[Days]:
    for number, side, year in _MONTHS.findall(line):
        count = int(number)
        first = 13 - count if side == "cuối" else 1
        yield _months(int(year), first, first + count - 1)


def _single_months(line: str) -> Iterator[Days]:
    for month, year in _MONTH.findall(line):
        yield _months(int(year), int(month), int(month))


def _years(line: str) -> Iterator[Days]:
    for year in _WHOLE_YEAR.findall(line):
        yield _months(int(year), 1, 12)


def _months(year: int, first: int, last: int) -> Days:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


_READERS: tuple[Callable[[str], Iterator[Days]], ...] = (
    _quarters,
    _several_months,
    _single_months,
    _years,
)
