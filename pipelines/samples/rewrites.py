"""What the sources rewrite between two extracts, so that only history shows it.

Deadlines moved without a reason or lost, late cases covered up, closings entered afterwards with an
earlier date, cases reopened. Everything is tied to the dates on which extracts are taken: a change
that no extract could show is not made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.samples.clock import NEVER, Clock, Pause
from pipelines.samples.dice import Flags, Ints
from pipelines.samples.intake import Fate, Intake
from pipelines.samples.province import Province
from pipelines.samples.shares import DossierShares
from pipelines.samples.workdays import MINUTES, day_of

_FAR = NEVER // MINUTES
_SHORTEST_PULLABLE = 10  # days; two of them can be taken away without harm
_SHORTLY_BEFORE = 15  # days before an extract that count as "shortly before"
_SETTLED_AFTER = 5 * MINUTES  # how long after an extract its faults are rewritten


@dataclass(frozen=True)
class End:
    """How and when a dossier ends, and since when that is known.

    Attributes:
        done: When it ended, by its own date.
        done_from: Since when the sources show it as ended.
        moved: The deadline that replaced the first one.
        moved_from: Since when the sources show that one.
        lost_from: Since when they show none at all.
        reopened: When it was taken up again.
        done_again: When it ended for the second time.
    """

    done: Ints
    done_from: Ints
    moved: Ints
    moved_from: Ints
    lost_from: Ints
    reopened: Ints
    done_again: Ints


@dataclass(frozen=True)
class Rewriter:
    """Dossiers with their deadlines, and the days on which somebody looks at them."""

    province: Province
    shares: DossierShares
    intake: Intake
    clock: Clock
    extract_days: Ints

    def rewrite(self, end: End) -> End:
        """Change what some of the dossiers show after the first extract that has them."""
        seen, seen_again = self._extracts_from(day_of(self.intake.received))
        unmoved = (self.clock.pause == Pause.NONE) & (self.clock.length > 0) & (seen_again < _FAR)
        ordinary = unmoved & (self.intake.fate == Fate.ORDINARY)
        is_open = ordinary & (seen < np.minimum(self.clock.end_day, day_of(end.done)))
        known = seen * MINUTES + _SETTLED_AFTER
        end = self._move_deadline(end, is_open, known)
        end = self._lose_deadline(end, is_open, known)
        end = self._cover_up(end, unmoved & (self.intake.fate == Fate.LATE), known)
        end = self._close_afterwards(end, ordinary)
        return self._reopen(end, ordinary)

    def _extracts_from(self, days: Ints) -> tuple[Ints, Ints]:
        """The first extract on or after each day, and the one after it."""
        padded = np.concatenate([self.extract_days, [_FAR, _FAR]])
        place = np.searchsorted(self.extract_days, np.minimum(days, _FAR - 1))
        return padded[place], padded[place + 1]

    def _move_deadline(self, end: End, is_open: Flags, known: Ints) -> End:
        """Another deadline without a reason: mostly later, sometimes earlier (and then kept)."""
        dice, workdays, clock = self.intake.dice, self.province.workdays, self.clock
        draw = dice.uniform("another deadline")
        pushed = is_open & (draw < self.shares.deadline_pushed)
        pulled = is_open & (draw >= 1 - self.shares.deadline_pulled)
        pulled &= clock.length >= _SHORTEST_PULLABLE
        shift = np.where(pushed, dice.whole("pushed by", 5, 12), -2)
        moved_day = workdays.add(clock.end_day, shift)
        overdue = pushed & dice.chance("pushed because late", 0.5)
        late_day = workdays.add(clock.end_day, dice.whole("late within", 1, 4))
        done_day = np.where(overdue, late_day, day_of(end.done))
        done_day = np.where(pulled, np.minimum(done_day, moved_day), done_day)
        done = done_day * MINUTES + end.done % MINUTES
        touched = pushed | pulled
        return replace(
            end,
            done=np.where(touched, done, end.done),
            done_from=np.where(touched, done, end.done_from),
            moved=np.where(touched, moved_day * MINUTES + clock.due % MINUTES, end.moved),
            moved_from=np.where(touched, known, end.moved_from),
        )

    def _lose_deadline(self, end: End, is_open: Flags, known: Ints) -> End:
        lost = is_open & self.intake.dice.chance("deadline lost", self.shares.deadline_lost)
        return replace(end, lost_from=np.where(lost, known, NEVER))

    def _cover_up(self, end: End, late: Flags, known: Ints) -> End:
        """Set the deadline to the day of a late completion, after the first extract showed it."""
        covered = late & self.intake.dice.chance("covered up", self.shares.late_covered_up)
        return replace(
            end,
            moved=np.where(covered, end.done, end.moved),
            moved_from=np.where(covered, np.maximum(known, end.done), end.moved_from),
        )

    def _close_afterwards(self, end: End, ordinary: Flags) -> End:
        """On time by its date, but an extract after the deadline still shows it open."""
        extract, later = self._extracts_from(self.clock.end_day + 1)
        near = ordinary & (extract - self.clock.end_day <= _SHORTLY_BEFORE) & (later < _FAR)
        near &= end.moved == NEVER
        chance = self.intake.dice.chance("closed afterwards", self.shares.closed_afterwards)
        typed_in = extract * MINUTES + 2 * _SETTLED_AFTER
        return replace(end, done_from=np.where(near & chance, typed_in, end.done_from))

    def _reopen(self, end: End, ordinary: Flags) -> End:
        """Finished in one extract, open in the next, finished again after that."""
        extract, later = self._extracts_from(day_of(end.done_from))
        near = ordinary & (extract - day_of(end.done) <= _SHORTLY_BEFORE) & (later < _FAR)
        near &= end.moved == NEVER
        chosen = near & self.intake.dice.chance("reopened", self.shares.reopened)
        again = later * MINUTES + 2 * _SETTLED_AFTER + 600
        return replace(
            end,
            reopened=np.where(chosen, extract * MINUTES + _SETTLED_AFTER, NEVER),
            done_again=np.where(chosen, again, NEVER),
        )
