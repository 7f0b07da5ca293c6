"""Dates as contracts speak of them: strptime patterns for columns, and dates in file names.

A pattern is good when Python and Polars read it alike. Polars refuses some only when it meets a
value; they are refused here instead, when the contract is loaded. Reading columns is not done here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

_DIRECTIVES = "YymdjbBHIMSfpzaA"
# What needs which others (any of them) beside it.
_COMPANIONS = (("H", "M"), ("I", "M"), ("I", "p"), ("p", "I"), ("M", "HI"), ("S", "M"), ("z", "M"))
_SAMPLE = datetime(2022, 11, 30, 21, 45, 10, tzinfo=UTC)


def format_fault(pattern: str, parts: Sequence[str]) -> str | None:
    """What is wrong with a pattern, to be read after it.

    Args:
        pattern: A strptime pattern.
        parts: What it has to tell: "year", "month", "day".

    Returns:
        None when the pattern is good.
    """
    return _notation_fault(pattern) or _meaning_fault(pattern, parts)


def polars_format(pattern: str) -> str:
    """The pattern as Polars writes it: there, a fraction of a second brings its own full stop."""
    return pattern.replace("%S.%f", "%S%.f")


def read_name_date(text: str) -> date | None:
    """The date that a part of a file name is: 2022-03-31, 20220331 or 31-03-2022."""
    if digits := re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", text):
        year, month, day = map(int, digits.groups())
    elif digits := re.fullmatch(r"(\d{2})-(\d{2})-(\d{4})", text):
        day, month, year = map(int, digits.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _notation_fault(pattern: str) -> str | None:
    found = re.findall(r"%(.?)", pattern)
    if unknown := [directive for directive in found if directive not in _DIRECTIVES]:
        return f"has %{unknown[0]}, which is not supported"
    if len(set(found)) < len(found):
        return "says something twice"
    for directive, companions in _COMPANIONS:
        if directive in found and not set(companions) & set(found):
            return f"has %{directive} without %{' or %'.join(companions)}"
    if "f" in found and "%S.%f" not in pattern:
        return "has %f elsewhere than in %S.%f"
    return None


def _meaning_fault(pattern: str, parts: Sequence[str]) -> str | None:
    try:
        back = datetime.strptime(_SAMPLE.strftime(pattern), pattern)  # noqa: DTZ007
    except ValueError as error:
        return f"is not a date format: {error}"
    lacking = [part for part in parts if getattr(back, part) != getattr(_SAMPLE, part)]
    return f"does not say the {' and the '.join(lacking)}" if lacking else None
