"""How dossiers come in: on which day, for which procedure, where, how, and what becomes of them.

Only what is settled at the counter is drawn here; deadlines, pauses and endings are in `course`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np

from pipelines.contracts.datasets import SERVICE_LEVEL
from pipelines.samples.dice import Dice, Floats, Ints, ordinals
from pipelines.samples.province import LEVELS_RENAMED_ON, Province
from pipelines.samples.seasons import FIRST_DAY, day_weights, days_until, last_rows
from pipelines.samples.shares import DossierShares
from pipelines.samples.workdays import MINUTES, day_number, day_of, weekday

LEVELS = tuple(SERVICE_LEVEL)

_SATURDAY = 5
_ONLINE_SATURDAY = 0.7
_OPENING, _LUNCH, _AFTERNOON = 7 * 60 + 30, 11 * 60 + 30, 13 * 60
_LAST_SAME_DAY_RECEIPT = 16 * 60
_SPELL = 230  # minutes of a morning or an afternoon in which things happen

_ONLINE_BY_LEVEL = np.array([0.02, 0.54, 0.665])
_ONLINE_GROWTH = 0.14
"""People go online more from month to month: this much between January and December."""
_POSTAL = 0.06


class Channel(IntEnum):
    """How a dossier is handed in, in the order of the dataset's codes."""

    ONLINE = 0
    COUNTER = 1
    POSTAL = 2


class Fate(IntEnum):
    """What becomes of a dossier."""

    ORDINARY = 0
    LATE = 1
    NEVER_DONE = 2
    REFUSED_INTAKE = 3
    REFUSED = 4
    CANCELLED = 5
    WITHDRAWN = 6
    WITHDRAWN_LATE = 7


@dataclass(frozen=True)
class Intake:
    """Dossiers as handed in: positions and codes, instants in minutes since 1970."""

    dice: Dice
    procedure: Ints
    unit: Ints
    channel: Ints
    level: Ints
    submitted: Ints
    received: Ints
    fate: Ints


def plan_chunks(
    province: Province, dossiers: int, seed: int, until: date, rows: int
) -> Iterator[tuple[Ints, Ints]]:
    """Spread the dossiers over the days of the year up to `until`.

    Yields:
        Row numbers and their days of submission, whole days at a time, at least `rows` rows
        (the last chunk: what is left) so that numbering within a day needs no memory.
    """
    days = days_until(until)
    ends = last_rows(day_weights(province, days, seed), dossiers)
    counts = np.diff(ends, prepend=0)
    begin = 0
    while begin < len(days):
        done = int(ends[begin] - counts[begin])
        end = min(int(np.searchsorted(ends, done + rows)) + 1, len(days))
        chunk = slice(begin, end)
        yield ordinals(int(ends[end - 1]) - done, done), np.repeat(days[chunk], counts[chunk])
        begin = end


def take_in(province: Province, shares: DossierShares, dice: Dice, day: Ints) -> Intake:
    """Draw what is settled when a dossier is handed in on `day`."""
    procedure = _choose_procedure(province, dice, day)
    level = level_on(province, procedure, day)
    channel = _choose_channel(province, dice, day, level)
    submitted = day * MINUTES + _submission_minute(dice, day, channel)
    return Intake(
        dice=dice,
        procedure=procedure,
        unit=province.unit_of(dice, procedure, day),
        channel=channel,
        level=level,
        submitted=submitted,
        received=_receive(province, dice, channel, submitted),
        fate=_choose_fate(province, shares, dice, procedure),
    )


def level_on(province: Province, procedure: Ints, day: Ints) -> Ints:
    """The service level a procedure had on a day, as a position in `LEVELS`."""
    before = np.array([LEVELS.index(code) for code in province.procedures["service_level"]])
    codes = province.procedures.select(
        after=province.procedures["later_level"].fill_null(province.procedures["service_level"])
    )["after"]
    after = np.array([LEVELS.index(code) for code in codes])
    renamed = day >= day_number(LEVELS_RENAMED_ON)
    return np.where(renamed, after[procedure], before[procedure])


def office_minute(dice: Dice, name: str) -> Ints:
    """A minute of the day in office hours, mornings a little more often than afternoons."""
    start = np.where(dice.chance(f"{name} in the morning", 0.55), _OPENING, _AFTERNOON)
    return start + dice.whole(f"{name} minute", 0, _SPELL)


def _choose_procedure(province: Province, dice: Dice, day: Ints) -> Ints:
    weights = province.numbers("weight").astype(np.float64)
    is_online = (province.procedures["service_level"] != LEVELS[0]).to_numpy()
    by_night = weights * is_online * (province.numbers("days") > 0)
    return np.where(
        province.workdays.is_working(day),
        dice.pick("procedure", weights),
        dice.pick("procedure", by_night),
    )


def _choose_channel(province: Province, dice: Dice, day: Ints, level: Ints) -> Ints:
    through_the_year = (day - day_number(FIRST_DAY)) / 365 - 0.5
    trend = np.where(level > 0, _ONLINE_GROWTH * through_the_year, 0)
    online = _ONLINE_BY_LEVEL[level] + trend
    closed = np.where(weekday(day) == _SATURDAY, _ONLINE_SATURDAY, 1.0)
    online = np.where(province.workdays.is_working(day), online, closed)
    draw = dice.uniform("channel")
    by_post = (draw >= 1 - _POSTAL) & province.workdays.is_working(day)
    others = np.where(by_post, Channel.POSTAL, Channel.COUNTER)
    return np.where(draw < online, Channel.ONLINE, others).astype(np.int64)


def _submission_minute(dice: Dice, day: Ints, channel: Ints) -> Ints:
    at_night = dice.whole("night minute", 18 * 60, MINUTES - 1)
    by_day = dice.whole("day minute", 6 * 60, 18 * 60)
    online = np.where(dice.chance("at night", 0.3), at_night, by_day)
    counter = office_minute(dice, "counter")
    # Saturday counters close at noon.
    afternoon = (weekday(day) == _SATURDAY) & (counter > _LUNCH)
    counter = np.where(afternoon, counter - (_AFTERNOON - _OPENING), counter)
    return np.where(channel == Channel.ONLINE, online, counter)


def _receive(province: Province, dice: Dice, channel: Ints, submitted: Ints) -> Ints:
    """Counters receive at once; online dossiers wait for office hours, unless a system accepts."""
    day, minute = day_of(submitted), submitted % MINUTES
    same_day = province.workdays.is_working(day) & (minute < _LAST_SAME_DAY_RECEIPT)
    today = day * MINUTES + np.maximum(minute, _OPENING) + dice.whole("reading", 4, 45)
    wait = 1 + 2 * dice.chance("slow receipt", 0.03)
    next_day = province.workdays.add(day, wait)
    later = next_day * MINUTES + _OPENING + dice.whole("first in the morning", 5, 170)
    online = np.where(same_day, today, later)
    at_once = submitted + dice.whole("handshake", 1, 9)
    online = np.where(dice.chance("accepted by the system", 0.12), at_once, online)
    return np.where(channel == Channel.ONLINE, online, submitted)


def _choose_fate(province: Province, shares: DossierShares, dice: Dice, procedure: Ints) -> Ints:
    top = province.procedures["authority"].is_in(["ppc", "chairman"]).to_numpy()[procedure]
    return np.where(
        top,
        dice.pick("fate", _fate_weights(shares, shares.late_at_the_top)),
        dice.pick("fate", _fate_weights(shares, shares.late)),
    )


def _fate_weights(shares: DossierShares, late: float) -> Floats:
    troubles = [
        late,
        shares.never_done,
        shares.refused_intake,
        shares.refused,
        shares.cancelled,
        shares.withdrawn,
        shares.withdrawn_late,
    ]
    return np.array([1 - sum(troubles), *troubles])
