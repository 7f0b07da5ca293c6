"""The second opinion on milestones, regulations, periodic reports and initiatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tests.properties.reference import Row

SETTLED = {"kept", "amended", "replaced", "repealed"}
GONE = {"replaced", "repealed"}
KINDS_OF_MILESTONES = 5


def new_year(day: date) -> date:
    """The first day of a day's year."""
    return date(day.year, 1, 1)


def milestone_treatment(row: Row, start: date, end: date, until: date) -> str | None:
    """A milestone in a period: set for the year, due by the period's end."""
    if not new_year(start) <= row["due_at"] <= end:
        return None
    is_completed = row["completed_at"] is not None and row["completed_at"] <= until
    return "met" if is_completed and row["evidence"] else "failed"


def has_checklist(rows: Iterable[Row], grain: str, start: date) -> bool:
    """Whether milestones were set for the year; for the year itself, of every kind."""
    kinds = {row["kind"] for row in rows if row["due_at"].year == start.year}
    return len(kinds) == KINDS_OF_MILESTONES if grain == "year" else bool(kinds)


def regulation_treatment(row: Row, start: date, until: date) -> str | None:
    """A regulation in force in the year."""
    year, reviewed = new_year(start), row["reviewed_at"]
    if row["issued_at"] > until:
        return None
    if row["outcome"] in GONE and reviewed is not None and reviewed < year:
        return None
    is_reviewed = reviewed is not None and year <= reviewed <= until
    is_new = row["issued_at"] >= year
    return "met" if is_new or (is_reviewed and row["outcome"] in SETTLED) else "failed"


def unit_treatment(obligations: Sequence[Row], start: date, until: date) -> str | None:
    """A unit of the Office by everything it had to hand in during the period."""
    due = [row for row in obligations if start <= row["due_at"] <= until]
    if not due:
        return None
    return "met" if all(is_fulfilled(row) for row in due) else "failed"


def is_fulfilled(row: Row) -> bool:
    """Whether it was handed in by its deadline, online, and not sent back."""
    submitted = row["submitted_at"]
    is_in_time = submitted is not None and submitted <= row["due_at"]
    return is_in_time and row["submitted_online"] is True and row["accepted"] is not False


def is_initiative_counted(row: Row, start: date, until: date) -> bool:
    """Whether an initiative was recognised since the new year, and applied by then."""
    decided, applied = row["decided_at"], row["applied_at"]
    return (
        row["outcome"] == "recognised"
        and decided is not None
        and new_year(start) <= decided <= until
        and applied is not None
        and applied <= until
    )
