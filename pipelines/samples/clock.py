"""The deadline of a dossier and the pause that may stop its clock.

Every instant is in minutes since 1970, `NEVER` for what does not happen, so that "known by the end
of day X" is always one comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from pipelines.samples.dice import Ints
from pipelines.samples.intake import Fate, Intake, office_minute
from pipelines.samples.province import Province
from pipelines.samples.shares import DossierShares
from pipelines.samples.workdays import MINUTES, day_of

NEVER = 2**40

_SHORTEST_PAUSABLE = 3  # days a procedure takes; shorter ones are not paused
_EARLIEST, _LATEST = 7 * 60 + 30, 17 * 60  # appointments copy the clock time of the receipt


class Pause(IntEnum):
    """What stops a clock."""

    NONE = 0
    SUPPLEMENT = 1
    FINANCIAL = 2
    SUSPENDED = 3


@dataclass(frozen=True)
class Clock:
    """A deadline and the pause that may have moved it.

    Attributes:
        length: Days the procedure takes; 0 for results given at once, without a deadline.
        due: The first appointment.
        pause: Kind of pause, see `Pause`.
        asked: When the pause began.
        answered: When it ended.
        moved: The appointment after the pause.
        moved_from: Since when sources show it.
        start_day: The day from which the rest of the time runs.
        end_day: The day by which a dossier is on time.
    """

    length: Ints
    due: Ints
    pause: Ints
    asked: Ints
    answered: Ints
    moved: Ints
    moved_from: Ints
    start_day: Ints
    end_day: Ints


def set_clock(province: Province, shares: DossierShares, intake: Intake) -> Clock:
    """Set the appointment of each dossier, and move it for those whose clock was stopped."""
    begin = day_of(intake.received)
    length = _length(province, intake.procedure)
    by_calendar = (province.procedures["unit"] == "calendar_day").to_numpy()[intake.procedure]
    workdays = province.workdays
    due_day = np.where(by_calendar, workdays.roll(begin + length), workdays.add(begin, length))
    minute = np.clip(intake.received % MINUTES, _EARLIEST, _LATEST)
    due = due_day * MINUTES + minute
    nothing = np.full(len(due), NEVER)
    clock = Clock(
        length, due, np.zeros_like(due), nothing, nothing, nothing, nothing, begin, due_day
    )
    return _pause(province, shares, intake, clock)


def _length(province: Province, procedure: Ints) -> Ints:
    """Days a procedure takes; eight working hours are a day."""
    days = province.numbers("days")
    by_hour = (province.procedures["unit"] == "working_hour").to_numpy()
    return np.where(by_hour, days // 8, days)[procedure]


def _pause(province: Province, shares: DossierShares, intake: Intake, clock: Clock) -> Clock:
    """Stop the clock of some; it resumes with the answer, the deadline moves by the wait."""
    dice, workdays = intake.dice, province.workdays
    pause = _choose_pause(shares, intake, clock)
    paused = pause > Pause.NONE
    span = workdays.between(clock.start_day, clock.end_day)
    asked_day = workdays.add(
        clock.start_day, 1 + np.floor(dice.uniform("pause begins") * span * 0.5).astype(np.int64)
    )
    # A pause that begins when the deadline has passed stops nothing.
    too_late = (intake.fate == Fate.NEVER_DONE) & dice.chance("paused too late", 0.5)
    asked_day = np.where(too_late, workdays.add(clock.end_day, 2), asked_day)
    wait = 2 + dice.waiting("answer", 5)
    silent = dice.chance("no answer", shares.supplement_unanswered) | too_late
    answered_day = workdays.add(asked_day, wait)
    resumed = paused & ~silent
    moved_day = workdays.add(clock.end_day, wait)
    answered = answered_day * MINUTES + office_minute(dice, "answered")
    return replace(
        clock,
        pause=pause,
        asked=np.where(paused, asked_day * MINUTES + office_minute(dice, "asked"), NEVER),
        answered=np.where(resumed, answered, NEVER),
        moved=np.where(resumed, moved_day * MINUTES + clock.due % MINUTES, NEVER),
        moved_from=np.where(resumed, answered, NEVER),
        start_day=np.where(resumed, answered_day, clock.start_day),
        end_day=np.where(resumed, moved_day, clock.end_day),
    )


def _choose_pause(shares: DossierShares, intake: Intake, clock: Clock) -> Ints:
    dice = intake.dice
    running = np.isin(intake.fate, [Fate.ORDINARY, Fate.LATE, Fate.NEVER_DONE])
    can = running & (clock.length >= _SHORTEST_PAUSABLE)
    supplement = can & dice.chance("supplement", shares.supplement)
    other = can & ~supplement & dice.chance("other pause", shares.other_pause)
    kind = np.where(dice.chance("for fees", 0.7), Pause.FINANCIAL, Pause.SUSPENDED)
    return np.where(supplement, Pause.SUPPLEMENT, np.where(other, kind, Pause.NONE))
