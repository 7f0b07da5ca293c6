"""Shown figures: truncated, exact, and never at odds with their verdict."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reports.numbers import (
    exact_share,
    format_day,
    format_rate,
    format_share,
    format_target,
    is_met,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "target", "comparator", "verdict", "shown"),
    [
        (24_999, 25_000, (1, 1), "ge", "not_met", "99,99%"),
        (1, 1, (1, 1), "ge", "met", "100,00%"),
        (15_001, 25_000, (3, 5), "gt", "met", "60,004%"),
        (3, 5, (3, 5), "gt", "not_met", "60,00%"),
        (9, 10, (9, 10), "ge", "met", "90,00%"),
        (9, 10, (9, 10), "gt", "not_met", "90,00%"),
        (2, 3, (98, 100), "ge", "not_met", "66,66%"),
        (0, 7, (98, 100), "ge", "not_met", "0,00%"),
        (600_000_001, 1_000_000_000, (3, 5), "gt", "met", "60,0000001%"),
    ],
)
def test_shown_rate(numerator, denominator, target, comparator, verdict, shown):
    assert format_rate(numerator, denominator, *target, comparator, verdict) == shown


@given(
    counts=st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)).filter(lambda c: c[0] <= c[1]),
    percent=st.integers(0, 100),
    comparator=st.sampled_from(["ge", "gt"]),
)
def test_a_shown_rate_never_contradicts_its_verdict(counts, percent, comparator):
    numerator, denominator = counts
    target = Fraction(percent, 100)
    met = is_met(Fraction(numerator, denominator), target, comparator)
    verdict = "met" if met else "not_met"
    text = format_rate(numerator, denominator, percent, 100, comparator, verdict)
    shown = Fraction(text.removesuffix("%").replace(",", ".")) / 100
    assert shown <= Fraction(numerator, denominator)
    assert is_met(shown, target, comparator) == met


def test_targets_and_bounds():
    assert format_target(exact_share(0.98), "ge", is_count=False) == "≥ 98%"
    assert format_target(exact_share(0.6), "gt", is_count=False) == "> 60%"
    assert format_target(Fraction(7), "ge", is_count=True) == "≥ 7"
    assert format_target(exact_share(0.985), "ge", is_count=False) == "≥ 98,5%"
    assert format_share(0.29) == "29,00%"
    assert format_share(1 / 3) == "33,33%"


def test_days():
    assert format_day(None) == "–"
    assert format_day(date(2022, 3, 1)) == "01/03/2022"
    assert format_day(datetime(2022, 3, 1)) == "01/03/2022"
    assert format_day(datetime(2022, 3, 1, 16, 5)) == "01/03/2022 16:05"
