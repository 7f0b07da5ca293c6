"""The second opinion on directives and incoming documents, and on measures of finished dossiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from tests.properties.reference import (
    Case,
    Clock,
    Version,
    effective_deadline,
    first_of_last_run,
    midnight,
    offered_deadline,
)

SET_ASIDE = {"returned", "recalled"}
NOT_FOR_ACTION = {"reference", "no_action"}
ONLINE_LEVELS = {"level_3", "level_4"}


# --- directives ----------------------------------------------------------------------------------


def directive_case(
    case_id: str, versions: Sequence[Version], corrected: datetime | None = None
) -> Case:
    """A directive with one lead unit."""
    last = versions[-1]
    is_done = last["status"] == "completed"
    completed = last["completed_at"] if is_done else None
    is_undated = is_done and completed is None
    return Case(
        case_id=case_id,
        unit_id=last["unit_id"],
        begun=last["assigned_at"].date(),
        due=corrected or extended_deadline(versions),
        completed=completed,
        first_seen=first_of_last_run(versions, {"completed"}) if is_undated else None,
        is_barred=last["status"] in {"withdrawn", "standing"},
        last=last.row,
    )


def extended_deadline(versions: Sequence[Version]) -> datetime | None:
    """The deadline of a directive: later only by an extension approved by the deadline in force."""
    current: datetime | None = None
    before: datetime | None = None
    for version in versions:
        due, extended = (
            offered_deadline(version, version[column], "assigned_at")
            for column in ("due_at", "extended_due_at")
        )
        # What an extension moved away from is not offered anew by being repeated.
        is_repeated = due is not None and due == before and current is not None and due < current
        for offered in (None if is_repeated else due, extended):
            if offered is None or (current and offered.date() == current.date()):
                continue
            if current is None or offered < current or _is_approved(version, current):
                current = offered
        before = due
    return current


def _is_approved(version: Version, current: datetime) -> bool:
    approved = version["extension_approved_at"]
    return approved is not None and approved.date() <= current.date()


# --- documents -----------------------------------------------------------------------------------


def document_case(case_id: str, flows: Mapping[str, Sequence[Version]]) -> Case:
    """An incoming document: the versions of each unit that handles it, judged on the leads."""
    last = {unit: versions[-1] for unit, versions in flows.items()}
    leads = sorted(unit for unit, row in last.items() if row["role"] == "lead")
    dues = [effective_deadline(flows[u], Clock(), begun_at="arrived_at")[0] for u in leads]
    is_done = all(last[unit]["status"] == "completed" for unit in leads)
    undated = [unit for unit in leads if last[unit]["completed_at"] is None]
    is_barred = not leads or any(
        last[unit]["status"] in SET_ASIDE or last[unit]["storage"] in NOT_FOR_ACTION
        for unit in leads
    )
    seen = [first_of_last_run(flows[unit], {"completed"}) for unit in undated]
    return Case(
        case_id=case_id,
        unit_id=last_lead(flows, leads),
        begun=min(row["arrived_at"].date() for row in last.values()),
        due=min((due for due in dues if due), default=None),
        completed=(
            max(last[unit]["completed_at"] for unit in leads)
            if is_done and not undated and leads
            else None
        ),
        first_seen=max(seen) if is_done and seen else None,
        is_barred=is_barred,
    )


def last_lead(flows: Mapping[str, Sequence[Version]], leads: Sequence[str]) -> str:
    """The lead that finishes last, or will; of several the first by id."""

    def ended(unit: str) -> datetime:
        last = flows[unit][-1]
        if last["status"] != "completed":
            return datetime(9999, 12, 31)
        return last["completed_at"] or midnight(first_of_last_run(flows[unit], {"completed"}))

    latest = max(map(ended, leads), default=None)
    return min((unit for unit in leads if ended(unit) == latest), default="(unknown)")


# --- finished dossiers ---------------------------------------------------------------------------


def is_conforming(case: Case) -> bool:
    """Whether a finished dossier was handled by the procedure."""
    given = case.last["process_conforming"]
    if given is not None:
        return given
    is_late = case.due is not None and not case.is_in_time()
    apology = case.last["apology_sent_at"]
    has_apology = apology is not None and is_late and apology.date() <= case.due.date()
    return not (
        (case.due is None and not case.is_exempt)
        or (case.last["supplement_count"] or 0) > 1
        or (is_late and not has_apology)
        or case.last["handled_electronically"] is False
    )


def finished_treatment(
    case: Case, start: date, until: date, *, is_success: bool, is_counted: bool = True
) -> str | None:
    """The treatment in a measure of dossiers finished in the period.

    Args:
        case: The case.
        start: First day of the period.
        until: The evaluation date.
        is_success: Whether it is one, once finished.
        is_counted: Whether the denominator takes it, once finished.
    """
    if case.begun is None or case.begun > until:
        return None
    is_received = start <= case.begun
    if case.is_barred:
        return "excluded" if is_received else None
    if not case.is_closed(until):
        return _unfinished(case, until)
    is_closed_now = start <= case.completed.date()
    treatment, is_shown = "met" if is_success else "failed", is_closed_now
    if case.is_withdrawn and (case.due is None or case.is_in_time()):
        treatment = "excluded"
    elif case.is_withdrawn or not is_counted:
        treatment, is_shown = "excluded", is_received
    return treatment if is_shown else None


def received_treatment(case: Case, start: date, until: date, *, is_success: bool) -> str | None:
    """The treatment in a measure of dossiers received in the period."""
    if case.begun is None or case.begun > until:
        return None
    if start <= case.begun:
        return "excluded" if case.is_barred else "met" if is_success else "failed"
    return None if case.is_barred or case.is_closed(until) else _unfinished(case, until)


def _unfinished(case: Case, until: date) -> str | None:
    if case.first_seen is not None and case.first_seen <= until:
        return None
    return "suspended" if case.is_suspended(until) else "undecided"
