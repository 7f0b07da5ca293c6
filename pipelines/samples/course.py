"""The course of a dossier: when it ends, what is typed in about it, what becomes of the result.

Columns ending in `_from` say since when the sources show a value; what an extract of a given day
holds is worked out in `views`.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import polars as pl

from pipelines.samples.clock import NEVER, Clock, Pause, set_clock
from pipelines.samples.dice import Dice, Ints
from pipelines.samples.intake import Fate, Intake, office_minute
from pipelines.samples.province import Province
from pipelines.samples.rewrites import End, Rewriter
from pipelines.samples.shares import DossierShares
from pipelines.samples.workdays import MINUTES, day_of


class Ending(IntEnum):
    """What a finished dossier ended with."""

    RESULT = 0
    REFUSED = 1
    WITHDRAWN = 2


class Missing(IntEnum):
    """How an absent deadline is printed."""

    NOT = 0
    EMPTY = 1
    ZEROS = 2
    YEAR_ONE = 3


def run_course(
    province: Province, shares: DossierShares, intake: Intake, extract_days: Ints
) -> pl.DataFrame:
    """Draw the whole life of each dossier, one row each."""
    clock = set_clock(province, shares, intake)
    end = _finish(province, intake, clock)
    end = Rewriter(province, shares, intake, clock, extract_days).rewrite(end)
    last = np.where(end.done_again < NEVER, end.done_again, end.done)
    columns = {
        **_intake_columns(intake),
        **_clock_columns(shares, intake, clock),
        "due_moved": end.moved,
        "due_moved_from": end.moved_from,
        "due_lost_from": end.lost_from,
        "missing": _choose_missing(province, shares, intake, clock),
        "done": end.done,
        "done_from": end.done_from,
        "reopened": end.reopened,
        "done_again": end.done_again,
        "returned": _hand_over(province, shares, intake.dice, last),
        **_apologise(province, shares, intake, clock),
    }
    return pl.DataFrame(columns)


def _intake_columns(intake: Intake) -> dict[str, Ints]:
    fate, dice = intake.fate, intake.dice
    settled = intake.received + dice.whole("settled at intake", 30, 3 * MINUTES)
    withdrawn = np.isin(fate, [Fate.WITHDRAWN, Fate.WITHDRAWN_LATE])
    ending = np.where(withdrawn, Ending.WITHDRAWN, Ending.RESULT)
    return {
        "index": dice.index,
        "procedure": intake.procedure,
        "unit": intake.unit,
        "channel": intake.channel,
        "level": intake.level,
        "submitted": intake.submitted,
        "received": np.where(fate == Fate.REFUSED_INTAKE, NEVER, intake.received),
        "turned_away": np.where(fate == Fate.REFUSED_INTAKE, settled, NEVER),
        "cancelled": np.where(fate == Fate.CANCELLED, settled, NEVER),
        "fate": fate,
        "ending": np.where(fate == Fate.REFUSED, Ending.REFUSED, ending),
    }


def _finish(province: Province, intake: Intake, clock: Clock) -> End:
    fate, dice = intake.fate, intake.dice
    done_day = _done_day(province, intake, clock)
    done = done_day * MINUTES + office_minute(dice, "done")
    # What ends on the day it came in ends after it came in.
    soon = intake.received + dice.whole("while waiting", 15, 120)
    done = np.where(done_day <= day_of(intake.received), soon, done)
    endless = np.isin(fate, [Fate.NEVER_DONE, Fate.REFUSED_INTAKE, Fate.CANCELLED])
    endless |= (clock.pause > Pause.NONE) & (clock.answered == NEVER)
    done = np.where(endless, NEVER, done)
    nothing = np.full(len(done), NEVER)
    return End(done, done, clock.moved, clock.moved_from, nothing, nothing, nothing)


def _done_day(province: Province, intake: Intake, clock: Clock) -> Ints:
    dice, workdays = intake.dice, province.workdays
    span = workdays.between(clock.start_day, clock.end_day)
    early = np.floor(dice.uniform("early") * span).astype(np.int64)
    early = np.where(dice.chance("on the last day", 0.25), 0, early)
    late = 1 + dice.waiting("late", 4)
    is_late = np.isin(intake.fate, [Fate.LATE, Fate.WITHDRAWN_LATE]) & (clock.length > 0)
    return workdays.add(clock.end_day, np.where(is_late, late, -early))


def _clock_columns(shares: DossierShares, intake: Intake, clock: Clock) -> dict[str, Ints]:
    twice = intake.dice.chance("supplement twice", shares.supplement_twice)
    rounds = np.where(clock.pause == Pause.SUPPLEMENT, 1 + twice, 0)
    return {
        "length": clock.length,
        "due": clock.due,
        "pause": clock.pause,
        "asked": clock.asked,
        "answered": clock.answered,
        "rounds": rounds,
    }


def _choose_missing(
    province: Province, shares: DossierShares, intake: Intake, clock: Clock
) -> Ints:
    share = np.nan_to_num(province.missing_deadlines, nan=shares.missing_deadline)
    missing = (clock.length > 0) & intake.dice.chance("no deadline", share[intake.unit])
    draw = intake.dice.uniform("printed as")
    zero = shares.sentinel_zero
    sentinel = np.where(draw < zero, Missing.ZEROS, Missing.YEAR_ONE)
    printed = np.where(draw < 2 * zero, sentinel, Missing.EMPTY)
    return np.where(missing, printed, Missing.NOT)


def _hand_over(province: Province, shares: DossierShares, dice: Dice, done: Ints) -> Ints:
    """When the applicant collects the result: at once, within days, or never."""
    finished = done < NEVER
    # The calendar knows nothing of the far future.
    day = day_of(np.where(finished, done, 0)) * finished + province.workdays.nth[1] * ~finished
    later_day = province.workdays.add(day, 1 + dice.waiting("collected", 2))
    later = later_day * MINUTES + office_minute(dice, "collected")
    returned = np.where(dice.chance("collected at once", 0.6), done + 30, later)
    forgotten = dice.chance("never collected", shares.never_collected)
    return np.where(finished & ~forgotten, returned, NEVER)


def _apologise(
    province: Province, shares: DossierShares, intake: Intake, clock: Clock
) -> dict[str, Ints]:
    dice, workdays = intake.dice, province.workdays
    overdue = np.isin(intake.fate, [Fate.LATE, Fate.NEVER_DONE]) & (clock.length > 1)
    sent = overdue & dice.chance("apology", shares.apology)
    shift = np.where(dice.chance("apology too late", shares.apology_too_late), 1, -1)
    sent_at = workdays.add(clock.end_day, shift) * MINUTES + office_minute(dice, "apology")
    promised = workdays.add(clock.end_day, dice.whole("promised", 3, 8)) * MINUTES
    return {
        "apology_sent": np.where(sent, sent_at, NEVER),
        "apology_due": np.where(sent, promised + clock.due % MINUTES, NEVER),
    }
