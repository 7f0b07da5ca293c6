"""Things somebody was told to do by a day: the common part of directives and programme tasks.

What becomes of them is not drawn but dealt: each scenario takes a fixed part of the rows, so that
the coverage and completion figures come out as told whatever the seed; only dates vary.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.samples.clock import NEVER
from pipelines.samples.delivery import instant
from pipelines.samples.dice import Dice, Flags, Ints
from pipelines.samples.province import Province
from pipelines.samples.workdays import MINUTES

_DUE_AT = 17 * 60
_DONE_AT = 10 * 60
_EXTENSION = 15  # working days
_NEXT_YEAR = 265  # working days from the first one: late January 2023
_URGED_BEFORE = 3  # days before the deadline


def deal(dice: Dice, scenarios: Mapping[str, int]) -> pl.Series:
    """Give each row a scenario, so that their shares are as in `scenarios`, in random order."""
    names = np.array(list(scenarios))
    bounds = np.cumsum(list(scenarios.values())) / sum(scenarios.values()) * len(dice.index)
    order = np.argsort(dice.uniform("order"), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    place = np.searchsorted(np.floor(bounds + 0.5), rank, side="right")
    return pl.Series(names[place])


def assigned_days(province: Province, count: int) -> Ints:
    """Working days from January to September, evenly, in order."""
    workdays = province.workdays
    nine_months = 185
    place = np.arange(count, dtype=np.int64) * nine_months // max(count, 1)
    start = np.full(count, workdays.first + 31, dtype=np.int64)
    return workdays.add(start, 2 + place)


def plan(province: Province, dice: Dice, scenario: pl.Series, assigned_day: Ints) -> pl.DataFrame:
    """What happens to each assignment and when, in minutes since 1970 (`NEVER`: it does not)."""
    workdays = province.workdays
    span = dice.whole("span", 10, 45)
    due_day = workdays.add(assigned_day, span)
    later = workdays.add(assigned_day * 0 + workdays.first + 31, _NEXT_YEAR + span)
    due_day = np.where(_is(scenario, "not_due", "not_due_untracked"), later, due_day)
    early = np.floor(dice.uniform("early") * span).astype(np.int64)
    shift = np.where(_is(scenario, "late"), dice.whole("late by", 1, 10), -early)
    shift = np.where(_is(scenario, "extended", "extended_late"), 8, shift)
    never = _is(scenario, "overdue", "overdue_unurged", "not_due", "not_due_untracked")
    never |= _is(scenario, "standing", "withdrawn", "removed")
    approved_day = workdays.add(due_day, np.where(_is(scenario, "extended"), -3, 2))
    has_deadline = ~_is(scenario, "no_deadline", "standing")
    extended = _is(scenario, "extended", "extended_late")
    dropped = _is(scenario, "withdrawn", "removed")
    instants = {
        "assigned": assigned_day * MINUTES + _DONE_AT - 60,
        "due": np.where(has_deadline, due_day * MINUTES + _DUE_AT, NEVER),
        "approved": _at(approved_day, extended),
        "extended_due": _at(workdays.add(due_day, _EXTENSION), extended),
        "done": _at(workdays.add(due_day, shift), ~never),
        "dropped": _at(workdays.add(assigned_day, 12), dropped),
        "urged": _at(due_day - _URGED_BEFORE, never & ~_is(scenario, "overdue_unurged")),
    }
    return pl.DataFrame({"scenario": scenario, "index": dice.index, **instants})


def view(assignments: pl.DataFrame, seed: int, day: int) -> pl.DataFrame:
    """What the register shows at the end of `day`, with typed instants."""
    end = (day + 1) * MINUTES - 1
    shown = assignments.filter(pl.col("assigned") <= end)
    dice = Dice(seed, shown["index"].to_numpy(), f"tracking {day}")
    tracked = pl.Series(end - dice.whole("tracked days ago", 0, 9) * MINUTES - 8 * 60)
    done = pl.col("done") <= end
    untracked = pl.col("scenario") == "not_due_untracked"
    undated = pl.col("scenario") == "undated"
    return shown.with_columns(
        is_done=done,
        is_dropped=pl.col("dropped") <= end,
        due_at=instant(pl.when(pl.col("due") < NEVER).then("due")),
        extension_approved_at=instant(pl.when(pl.col("approved") <= end).then("approved")),
        extended_due_at=instant(pl.when(pl.col("approved") <= end).then("extended_due")),
        completed_at=instant(pl.when(done & ~undated).then("done")),
        last_tracked_at=instant(
            pl.when(~untracked).then(
                pl.max_horizontal("assigned", pl.min_horizontal("done", pl.lit(tracked)))
            )
        ),
        last_urged_at=instant(pl.when(pl.col("urged") <= end).then("urged")),
    )


def _is(scenario: pl.Series, *names: str) -> Flags:
    flags: Flags = scenario.is_in(names).to_numpy()
    return flags


def _at(days: Ints, happens: Flags) -> Ints:
    return np.where(happens, days * MINUTES + _DONE_AT, NEVER)
