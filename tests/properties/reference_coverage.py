"""The second opinion on coverage: whether tasks and directives were tracked and urged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.properties.reference import Case, Clock, Version, effective_deadline

URGING_DAYS = timedelta(days=7)


@dataclass(frozen=True)
class Followed:
    """A task or directive with every entry that some version told of.

    Attributes:
        case: The case itself.
        removed: The day from which the programme is without it.
        tracked: The days of all entries.
        urged: The days of all reminders.
    """

    case: Case
    removed: date | None
    tracked: frozenset[date]
    urged: frozenset[date]


def followed(case: Case, versions: Sequence[Version]) -> Followed:
    """Gather the entries of a case from its versions."""
    removed = versions[-1]["removed_at"]
    return Followed(
        case=case,
        removed=removed.date() if removed else None,
        tracked=_days(versions, "last_tracked_at"),
        urged=_days(versions, "last_urged_at"),
    )


def _days(versions: Sequence[Version], column: str) -> frozenset[date]:
    return frozenset(version[column].date() for version in versions if version[column])


def task_case(case_id: str, versions: Sequence[Version]) -> Case:
    """An item of the work programme; it is finished when it has a completion date."""
    last = versions[-1]
    return Case(
        case_id=case_id,
        unit_id=last["unit_id"],
        begun=last["added_at"].date(),
        due=effective_deadline(versions, Clock(), begun_at="added_at")[0],
        completed=last["completed_at"],
        last=last.row,
    )


def coverage_treatment(
    item: Followed, start: date, until: date, *, needs_deadline: bool
) -> str | None:
    """The treatment in a coverage measure of a period that is evaluated on `until`.

    Args:
        item: The task or directive.
        start: First day of the period.
        until: The evaluation date.
        needs_deadline: Directives without a deadline are excluded, tasks are not.
    """
    case = item.case
    if case.begun > until:
        return None
    is_removed = item.removed is not None and item.removed <= until
    if case.is_barred or is_removed or (needs_deadline and case.due is None):
        return "excluded" if start <= case.begun else None
    ended = ended_on(case)
    if ended is not None and ended < start:
        return None
    is_tracked = any(start <= day <= until for day in (*item.tracked, *([ended] if ended else ())))
    is_in_order = is_urged(item, until) or not needs_urging(case, until)
    return "met" if is_tracked and is_in_order else "failed"


def ended_on(case: Case) -> date | None:
    """The day of completion, or the extract that first showed a case finished without one."""
    completed: datetime | None = case.completed
    return completed.date() if completed else case.first_seen


def needs_urging(case: Case, until: date) -> bool:
    """Whether a case is open on a day with its deadline at most a week away."""
    ended = ended_on(case)
    if case.due is None or (ended is not None and ended <= until):
        return False
    return case.due.date() <= until + URGING_DAYS


def is_urged(item: Followed, until: date) -> bool:
    """Whether somebody was reminded, by that day and no earlier than a week before the deadline."""
    due = item.case.due
    return due is not None and any(due.date() - URGING_DAYS <= day <= until for day in item.urged)
