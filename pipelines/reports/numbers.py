"""Figures as text: percentages that never contradict their verdict, targets, dates.

Percentages are truncated, never rounded: 99,996 % must not read 100,00 %. Where two decimals would
contradict a verdict (60,004 % against "more than 60 %"), more digits are shown. The arithmetic is
on integers throughout.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

MIN_DECIMALS = 2
MAX_DECIMALS = 15
"""A figure that lies closer to its target than this is shown with this many digits."""

COMPARATOR_SIGNS = {"ge": "≥", "gt": ">"}
NOTHING = "–"


def is_met(value: Fraction, target: Fraction, comparator: str) -> bool:
    """Whether `value` satisfies a target that is `ge` (at least) or `gt` (more than)."""
    return value > target if comparator == "gt" else value >= target


def shown_decimals(
    numerator: int, denominator: int, target: Fraction, comparator: str, verdict: str
) -> int:
    """How many decimals of a percentage to show, so that it does not contradict its verdict.

    Args:
        numerator: Cases that met the measure.
        denominator: Cases counted, more than 0.
        target: The target as a share.
        comparator: `ge` or `gt`.
        verdict: The published verdict.
    """
    decimals = MIN_DECIMALS
    while decimals < MAX_DECIMALS and verdict == "met":
        shown = truncated(Fraction(numerator, denominator), decimals)
        if is_met(shown, target, comparator):
            break
        decimals += 1
    return decimals


def format_rate(
    numerator: int,
    denominator: int,
    target_num: int,
    target_den: int,
    comparator: str,
    verdict: str,
) -> str:
    """A rate as a percentage with a decimal comma, truncated towards the failing side.

    Args:
        numerator: Cases that met the measure.
        denominator: Cases counted, more than 0.
        target_num: Numerator of the target as a share.
        target_den: Denominator of the target as a share.
        comparator: `ge` or `gt`.
        verdict: The published verdict, which the shown figure may not contradict.
    """
    target = Fraction(target_num, target_den)
    decimals = shown_decimals(numerator, denominator, target, comparator, verdict)
    return _percentage(Fraction(numerator, denominator), decimals)


def truncated(share: Fraction, decimals: int) -> Fraction:
    """A share cut to so many decimals of a percentage."""
    scale = 100 * 10**decimals
    return Fraction(share.numerator * scale // share.denominator, scale)


def format_share(share: float) -> str:
    """A bound of a rate as a percentage with two decimals, truncated."""
    return _percentage(exact_share(share), MIN_DECIMALS)


def format_target(target: Fraction, comparator: str, *, is_count: bool) -> str:
    """A target with its comparator: `≥ 98 %`, or `≥ 7` where things are counted."""
    value = target if is_count else target * 100
    digits = str(value) if value.denominator == 1 else f"{float(value):g}".replace(".", ",")
    return f"{COMPARATOR_SIGNS[comparator]} {digits}{'' if is_count else '%'}"


def exact_share(share: float) -> Fraction:
    """The decimal number a stored double was written as: 0.9 is 9/10, not its binary neighbour."""
    return Fraction(repr(share))


def format_day(value: date | datetime | None) -> str:
    """A date as `dd/mm/yyyy`, with the time of day where there is one."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return value.strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y")


def _percentage(share: Fraction, decimals: int) -> str:
    whole, rest = divmod(int(truncated(share, decimals) * 100 * 10**decimals), 10**decimals)
    return f"{whole},{rest:0{decimals}d}%"
