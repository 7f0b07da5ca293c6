"""A second opinion on the counting rules: slow, one case at a time, in plain Python.

Written from the rules in words, not from the models, so that a slip in one of them shows as a
difference. A history is a list of versions in order of extract date and arrival; from it come the
case's effective deadline, its completion and its pauses; from these its treatment in one period.
Moments are local wall-clock times; `Clock` says whether a deadline is compared by them or by date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]

DAY = timedelta(days=1)
FINISHED = {"result_ready", "delivered", "refused"}
PAUSED = {"paused_supplement", "paused_financial", "suspended"}
NOT_ACCEPTED = {"submitted", "refused_intake", "cancelled"}
ON_TIME_BASES = ("decided", "closed", "due", "first_decided", "intake")


@dataclass(frozen=True)
class Version:
    """What one extract says of a case."""

    extracted_on: date
    row: Row

    def __getitem__(self, column: str) -> Any:
        """The value of a column, null where the extract lacks it."""
        return self.row.get(column)


@dataclass(frozen=True)
class Pause:
    """Days on which the clock stood still; `last` is null while it still does.

    `known_from` is the place, among the versions, of the first one that told of it.
    """

    first: date
    last: date | None
    known_from: int

    def runs_on(self, day: date) -> bool:
        """Whether the clock stood still on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Move:
    """A later or earlier deadline that a version offered."""

    changed_on: date
    before: datetime
    after: datetime
    explanation: str | None


@dataclass(frozen=True)
class Clock:
    """How deadlines are compared: by local date, or by local time."""

    is_exact: bool = False

    def of(self, moment: datetime) -> datetime:
        """What of a moment takes part in a comparison."""
        if self.is_exact:
            return moment.replace(microsecond=0)
        return datetime.combine(moment.date(), time())

    def is_past(self, due: datetime, day: date) -> bool:
        """Whether a deadline has passed when a day is evaluated, by its date or at its end."""
        if self.is_exact:
            return due < datetime.combine(day + DAY, time())
        return due.date() < day


@dataclass(frozen=True)
class Case:
    """A case as all extracts together tell it.

    Attributes:
        case_id: Its key.
        unit_id: The unit that answers for it.
        begun: Receipt, arrival or assignment.
        due: The effective deadline.
        completed: When it ended, if a date is known.
        first_seen: Of a case finished without any date: its first extract as such.
        is_barred: Its state keeps it out of every measure (not accepted, cancelled, standing...).
        is_withdrawn: It ended by withdrawal.
        is_exempt: It needs no deadline.
        pauses: When its clock stood still.
        clock: How its deadline is compared.
        last: Its current row.
    """

    case_id: str
    unit_id: str | None
    begun: date | None
    due: datetime | None
    completed: datetime | None
    first_seen: date | None = None
    is_barred: bool = False
    is_withdrawn: bool = False
    is_exempt: bool = False
    pauses: tuple[Pause, ...] = ()
    clock: Clock = Clock()
    last: Row = field(default_factory=dict)

    def is_in_time(self) -> bool:
        """Whether it ended by its deadline; both are known."""
        return self.clock.of(self.completed) <= self.clock.of(self.due)

    def is_closed(self, day: date) -> bool:
        """Whether it had ended by a day."""
        return self.completed is not None and self.completed.date() <= day

    def is_suspended(self, day: date) -> bool:
        """Whether its clock stood still on a day, by a pause that began in time."""
        if self.is_closed(day) or self.due is None:
            return False
        return any(p.runs_on(day) and p.first <= self.due.date() for p in self.pauses)

    def is_overdue(self, day: date) -> bool:
        """Whether it was open past its deadline on a day."""
        if self.is_closed(day) or self.due is None or self.is_suspended(day):
            return False
        return self.clock.is_past(self.due, day)

    def decided_on(self, until: date) -> date | None:
        """The day on which it was first known to be in time or late, if that is by `until`."""
        if self.is_closed(until) and self.is_in_time():
            return self.completed.date()
        day = self.due.date()
        while day <= until:
            is_past = self.clock.is_past(self.due, day)
            if is_past and (self.is_closed(day) or not self.is_suspended(day)):
                return day
            day += DAY
        return None


# --- what the versions of a case say together ----------------------------------------------------


def dossier_case(
    case_id: str,
    versions: Sequence[Version],
    clock: Clock,
    corrected: datetime | None = None,
) -> Case:
    """A one-stop dossier."""
    last = versions[-1]
    status, received = last["status"], last["received_at"]
    pauses = pauses_of(versions)
    due = corrected or effective_deadline(versions, clock, pauses)[0]
    completed, first_seen = dossier_completion(versions)
    return Case(
        case_id=case_id,
        unit_id=last["unit_id"],
        begun=received.date() if received else None,
        due=due,
        completed=completed,
        first_seen=first_seen,
        is_barred=status in NOT_ACCEPTED,
        is_withdrawn=status == "withdrawn",
        is_exempt=bool(last["deadline_exempt"]) and due is None,
        pauses=tuple(pauses),
        clock=clock,
        last=defaultdict(lambda: None, last.row),
    )


def dossier_completion(versions: Sequence[Version]) -> tuple[datetime | None, date | None]:
    """When a dossier ended, and if it is finished without a date: since which extract."""
    last = versions[-1]
    dated = last["completed_at"] or last["returned_at"]
    if last["status"] in FINISHED:
        return dated, None if dated else first_of_last_run(versions, FINISHED)
    if last["status"] == "withdrawn":
        return dated or midnight(first_of_last_run(versions, {"withdrawn"})), None
    return None, None


def first_of_last_run(versions: Sequence[Version], statuses: set[str]) -> date:
    """The first extract of the unbroken run of versions, at the end, that have such a status."""
    first = versions[-1].extracted_on
    for version in reversed(versions):
        if version["status"] not in statuses:
            break
        first = version.extracted_on
    return first


def pauses_of(versions: Sequence[Version]) -> list[Pause]:
    """The pauses of a dossier, by requests for a supplement and by paused statuses."""
    return sorted(
        [*_requested_pauses(versions), *_status_pauses(versions)],
        key=lambda pause: (pause.first, pause.known_from),
    )


def _requested_pauses(versions: Sequence[Version]) -> Iterable[Pause]:
    answers: dict[date, datetime | None] = {}
    known_from: dict[date, int] = {}
    for place, version in enumerate(versions):
        if version["supplement_requested_at"]:
            asked = version["supplement_requested_at"].date()
            answers[asked] = version["supplement_received_at"]
            known_from.setdefault(asked, place)
    for asked, answered in answers.items():
        last = answered.date() - DAY if answered else _end_by_status(versions, asked)
        yield Pause(asked, last, known_from[asked])


def _end_by_status(versions: Sequence[Version], asked: date) -> date | None:
    """The day before the clock visibly ran again, for a request without an answer."""
    for before, version in pairwise(versions):
        has_resumed = before["status"] in PAUSED and version["status"] not in PAUSED
        if has_resumed and version.extracted_on > asked:
            return version.extracted_on - DAY
    return None


def _status_pauses(versions: Sequence[Version]) -> Iterable[Pause]:
    first: int | None = None
    for place, version in enumerate(versions):
        if version["status"] in PAUSED:
            first = place if first is None else first
        elif first is not None:
            yield from _own_pause(versions, first, version.extracted_on - DAY)
            first = None
    if first is not None:
        yield from _own_pause(versions, first, None)


def _own_pause(versions: Sequence[Version], first: int, last: date | None) -> Iterable[Pause]:
    row = versions[first]
    if row["supplement_requested_at"] and not row["supplement_received_at"]:
        return
    yield Pause(row.extracted_on, last, first)


def effective_deadline(
    versions: Sequence[Version],
    clock: Clock,
    pauses: Sequence[Pause] = (),
    begun_at: str = "received_at",
) -> tuple[datetime | None, list[Move]]:
    """The deadline that counts, and how it moved; each pause explains one later move."""
    current: datetime | None = None
    moves: list[Move] = []
    unused = list(pauses)
    for place, version in enumerate(versions):
        offered = offered_deadline(version, version["due_at"], begun_at)
        if offered is None or (current and clock.of(offered) == clock.of(current)):
            continue
        explanation = "earlier"
        if current and clock.of(offered) > clock.of(current):
            explanation = None
            for pause in unused:
                if pause.known_from <= place and pause.first <= current.date():
                    unused.remove(pause)
                    explanation = "pause"
                    break
        if current:
            moves.append(Move(version.extracted_on, current, offered, explanation))
        if current is None or explanation:
            current = offered
    return current, moves


def offered_deadline(version: Version, offered: datetime | None, begun_at: str) -> datetime | None:
    """A deadline as a version offers it; one before the case began is none."""
    begun = version[begun_at]
    if offered and begun and offered.date() < begun.date():
        return None
    return offered


def midnight(day: date) -> datetime:
    """A date as a moment."""
    return datetime.combine(day, time())


# --- what a case is in one period ----------------------------------------------------------------


def on_time_treatment(
    case: Case, basis: str, start: date, until: date, *, late_counts: bool = False
) -> str | None:
    """The treatment in an on-time measure of a period that is evaluated on `until`.

    Args:
        case: The case.
        basis: Which cases the denominator takes.
        start: First day of the period.
        until: The evaluation date: the end of the period, or the as-of date if that is earlier.
        late_counts: A completion measure: late ones are a success too.

    Returns:
        None where the case does not touch the period.
    """
    if case.begun is None or case.begun > until:
        return None
    if (left := _left_out(case, basis, start, until)) is not None:
        return left[0]
    if _is_counted(case, basis, start, until):
        return "met" if _is_success(case, basis, until, late_counts=late_counts) else "failed"
    if case.is_closed(until):
        return None
    return "suspended" if case.is_suspended(until) else "undecided"


def _left_out(case: Case, basis: str, start: date, until: date) -> tuple[str | None] | None:
    """The treatment, if any, of a case that cannot be counted; null where it can be."""
    is_received = start <= case.begun
    is_closed = case.is_closed(until)
    is_closed_now = is_closed and start <= case.completed.date()
    is_due_to_show = is_received if basis == "intake" else is_closed_now
    if case.is_barred:
        return ("excluded" if is_received else None,)
    if case.first_seen is not None and case.first_seen <= until:
        is_shown = is_received if basis == "intake" else start <= case.first_seen
        return ("missing_completion" if is_shown else None,)
    if is_closed and case.is_withdrawn and (case.due is None or case.is_in_time()):
        return ("excluded" if is_closed_now else None,)
    if case.due is not None:
        return None
    if not is_closed:
        return ("undecided",)
    name = "exempt" if case.is_exempt else "missing_deadline"
    return (name if is_due_to_show else None,)


def _is_counted(case: Case, basis: str, start: date, until: date) -> bool:
    is_closed = case.is_closed(until)
    is_closed_now = is_closed and start <= case.completed.date()
    is_overdue = case.is_overdue(until)
    decided_on = case.decided_on(until)
    return {
        "decided": is_closed_now or is_overdue,
        "closed": is_closed_now,
        "due": start <= case.due.date() <= until and (is_closed or is_overdue),
        "first_decided": decided_on is not None and start <= decided_on,
        "intake": start <= case.begun,
    }[basis]


def _is_success(case: Case, basis: str, until: date, *, late_counts: bool) -> bool:
    if case.is_closed(until):
        return not case.is_withdrawn and (late_counts or case.is_in_time())
    return basis == "intake" and not case.is_overdue(until)


# --- periods and figures -------------------------------------------------------------------------

MONTHS_IN = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def periods(first: date, as_of: date) -> Iterable[tuple[str, date, date]]:
    """Grain, first and last day of every period that holds a day from `first` to `as_of`."""
    for grain, months in MONTHS_IN.items():
        number = (first.year * 12 + first.month - 1) // months
        while (start := _first_day(number * months)) <= as_of:
            number += 1
            yield grain, start, _first_day(number * months) - DAY


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


Treatments = dict[tuple[str, str, str, str, date, str], str]
"""Measure, scope, basis, grain, first day and case -> treatment."""

Judge = Callable[[str, date, date], str | None]
"""Basis, first day and evaluation date -> treatment of one case."""


def collect(
    into: Treatments,
    measure: tuple[str, str],
    bases: Iterable[str],
    case_id: str,
    judge: Judge,
    spans: Iterable[tuple[str, date, date]],
    as_of: date,
) -> None:
    """Add the treatments of one case in one measure and scope, in all periods."""
    spans = list(spans)
    for basis in bases:
        for grain, start, end in spans:
            treatment = judge(basis, start, min(end, as_of))
            if treatment is not None:
                into[(*measure, basis, grain, start, case_id)] = treatment
