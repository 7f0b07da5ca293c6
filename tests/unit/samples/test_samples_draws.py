"""Draws depend on nothing but seed, name and row; working days follow the official closures."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from pipelines.samples.dice import Dice, ordinals
from pipelines.samples.province import load_province
from pipelines.samples.workdays import Workdays, day_number

WORKDAYS = load_province(1).workdays


def test_a_row_is_the_same_alone_and_among_many() -> None:
    every = Dice(1, ordinals(1000), "rows").uniform("draw")
    alone = Dice(1, np.array([617]), "rows").uniform("draw")
    assert alone[0] == every[617]


def test_draws_are_even_and_independent() -> None:
    dice = Dice(7, ordinals(100_000), "rows")
    one, other = dice.uniform("one"), dice.uniform("other")
    assert abs(one.mean() - 0.5) < 0.005
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.01
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.01
    another = Dice(8, dice.index, "rows").uniform("one")
    assert abs(np.corrcoef(one, another)[0, 1]) < 0.01
    assert 0 <= one.min() < one.max() < 1


def test_known_values_never_change() -> None:
    """Written down once: other values would silently change every sample ever made."""
    drawn = Dice(2022, ordinals(3), "dossiers").whole("channel", 0, 999_999)
    assert drawn.tolist() == [369842, 123987, 331558]


def test_picks_follow_their_weights() -> None:
    picks = Dice(3, ordinals(50_000), "rows").pick("pick", [1, 0, 3])
    assert np.bincount(picks, minlength=3)[1] == 0
    assert abs((picks == 2).mean() - 0.75) < 0.01


@pytest.mark.parametrize(
    ("begin", "days", "end"),
    [
        (date(2022, 1, 28), 3, date(2022, 2, 9)),  # across Tết
        (date(2022, 8, 29), 5, date(2022, 9, 7)),
        (date(2022, 4, 29), 1, date(2022, 5, 4)),
        (date(2022, 4, 30), 1, date(2022, 5, 4)),  # from a Saturday
        (date(2022, 5, 4), -1, date(2022, 4, 29)),
        (date(2022, 12, 30), 1, date(2023, 1, 3)),
    ],
)
def test_working_days_are_added(begin: date, days: int, end: date) -> None:
    assert WORKDAYS.add(np.array([day_number(begin)]), days)[0] == day_number(end)


def test_months_of_2022_have_their_working_days() -> None:
    days = [date(2022, 1, 1) + timedelta(number) for number in range(365)]
    working = WORKDAYS.is_working(np.array([day_number(day) for day in days]))
    counts = np.bincount([day.month for day in days], weights=working)[1:]
    assert counts.tolist() == [19, 16, 23, 20, 20, 22, 21, 23, 20, 21, 22, 22]


def test_a_day_off_rolls_to_the_next_working_day() -> None:
    plain = Workdays.without([date(2022, 6, 6)])
    saturday, tuesday = day_number(date(2022, 6, 4)), day_number(date(2022, 6, 7))
    assert plain.roll(np.array([saturday, tuesday])).tolist() == [tuesday, tuesday]
