"""Draws small random histories: what a run of extracts says, again and again, of invented cases.

A draw need not be sensible, only deliverable: no row is drawn that reading would refuse. Dates fall
on month ends, deadlines and extract dates more often than chance would have it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.properties.reference import FINISHED, PAUSED, Version

EXTRACTS = tuple(
    date.fromisoformat(day)
    for day in (
        "2021-12-20",
        "2022-01-14",
        "2022-01-31",
        "2022-02-28",
        "2022-03-10",
        "2022-03-31",
        "2022-04-12",
        "2022-04-30",
        "2022-05-16",
        "2022-06-01",
    )
)
MONTH_ENDS = tuple(
    date.fromisoformat(day)
    for day in ("2021-12-31", "2022-01-31", "2022-02-28", "2022-03-31", "2022-04-30", "2022-05-31")
)
HOURS = (time(8, 3), time(8, 3), time(11, 0), time(16, 40), time(23, 59, 59), time(0, 0))

OPEN_STATUSES = ("accepted", "processing", "processing", "processing")


def draw_history(random: Random, draw: type[Drawn]) -> list[Version]:
    """The versions of one case, in extracts that may begin late, skip some and end early."""
    count = len(EXTRACTS)
    first = random.choices(range(count), weights=range(count, 0, -1))[0]
    last = count if random.random() < 0.8 else random.randint(first + 1, count)
    later = [day for day in EXTRACTS[first + 1 : last] if random.random() < 0.85]
    listed = [EXTRACTS[first], *later]
    case = draw(random, listed[0])
    versions = []
    for day in listed:
        if versions:
            case.live_on(day)
        versions.append(Version(day, dict(case.row)))
    return versions


class Drawn:
    """The changing state of one invented case."""

    begins_at = "received_at"

    def __init__(self, random: Random, day: date) -> None:
        """Draw the case as its first extract shows it."""
        self.random = random
        self.begun = self.near(day - timedelta(days=random.randint(0, 40)), latest=day)
        self.row: dict[str, Any] = {self.begins_at: self.at(self.begun)}
        self.begin(day)

    def begin(self, day: date) -> None:
        """Draw the other columns."""
        raise NotImplementedError

    def live_on(self, day: date) -> None:
        """Change the columns as the next extract shows them."""
        raise NotImplementedError

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def at(self, day: date) -> datetime:
        return datetime.combine(day, self.random.choice(HOURS))

    def near(self, day: date, *, latest: date | None = None, earliest: date | None = None) -> date:
        """The day, or a month end close to it, within limits."""
        if self.chance(0.25):
            day = min(MONTH_ENDS, key=lambda end: abs(end - day))
        if latest is not None:
            day = min(day, latest)
        return day if earliest is None else max(day, earliest)

    def between(self, earliest: date, latest: date) -> date:
        """A day of a span, often its last, its first or one about the deadline."""
        days = max((latest - earliest).days, 0)
        day = earliest + timedelta(days=self.random.randint(0, days))
        due = self.row.get("due_at")
        if due is not None and self.chance(0.5):
            day = due.date() + timedelta(days=self.random.choice((-1, 0, 0, 1)))
        return self.near(day, latest=latest, earliest=earliest)

    def draw_due(self) -> datetime:
        day = self.near(self.begun + timedelta(days=self.random.randint(1, 60)))
        if self.chance(0.04):
            day = self.begun - timedelta(days=self.random.randint(1, 9))
        return self.at(max(day, self.begun + timedelta(days=1)) if day >= self.begun else day)

    def move_due(self) -> None:
        due = self.row.get("due_at")
        draw = self.random.random()
        if due is None or draw < 0.1:
            self.row["due_at"] = self.draw_due() if self.chance(0.6) else None
        elif draw < 0.7:
            self.row["due_at"] = self.at(due.date() + timedelta(days=self.random.randint(1, 35)))
        else:
            earlier = due.date() - timedelta(days=self.random.randint(1, 10))
            self.row["due_at"] = self.at(max(earlier, self.begun + timedelta(days=1)))


class Dossier(Drawn):
    """A one-stop dossier."""

    def begin(self, day: date) -> None:
        random, row = self.random, self.row
        row["unit_id"] = random.choice(("u1", "u2", "u3", "u-qms"))
        row["authority"] = random.choice(("ppc", "chairman", "department", "commune", None))
        row["procedure_id"] = random.choice(("p1", "p2", "p3", None))
        row["channel"] = random.choice(("online", "online", "counter", "postal", None))
        row["service_level"] = random.choice(("level_2", "level_3", "level_4", None))
        row["submitted_at"] = (
            self.at(self.begun - timedelta(days=random.randint(0, 20)))
            if self.chance(0.5)
            else None
        )
        row["due_at"] = None if self.chance(0.15) else self.draw_due()
        row["deadline_exempt"] = random.choice((None, None, None, False, True))
        row["handled_electronically"] = random.choice((None, True, True, False))
        row["process_conforming"] = random.choice((None, None, None, None, True, False))
        row["supplement_count"] = random.choice((None, 0, 1, 1, 2))
        row["status"] = "processing"
        row["completed_at"] = row["returned_at"] = None
        row["supplement_requested_at"] = row["supplement_received_at"] = None
        row["apology_sent_at"] = row["apology_due_at"] = None
        self.listed_on = self.begun
        self.live_on(day)

    def live_on(self, day: date) -> None:
        random, row = self.random, self.row
        if self.chance(0.15):
            self.move_due()
        if self.chance(0.03):
            row["deadline_exempt"] = random.choice((None, True))
        if self.chance(0.05) and row["due_at"]:
            row["apology_sent_at"] = self.at(self.between(self.begun, day))
            row["apology_due_at"] = row["due_at"] + timedelta(days=10)
        self.change_status(day)
        self.listed_on = day

    def change_status(self, day: date) -> None:
        status, draw = self.row["status"], self.random.random()
        if status in FINISHED | {"withdrawn", "cancelled"}:
            self.stay_ended(day, draw)
        elif draw < 0.30:
            self.finish(day)
        elif draw < 0.36:
            self.withdraw(day)
        elif draw < 0.39:
            self.row["status"] = self.random.choice(("cancelled", "refused_intake", "submitted"))
            if self.chance(0.3):
                self.row["received_at"] = None
        elif draw < 0.60:
            self.pause(day)
        elif draw < 0.90:
            self.resume(day)

    def stay_ended(self, day: date, draw: float) -> None:
        row = self.row
        if draw < 0.08:
            row["status"] = self.random.choice(OPEN_STATUSES)
            if self.chance(0.5):
                row["completed_at"] = row["returned_at"] = None
        elif draw < 0.12:
            row["status"] = "withdrawn"
        elif draw < 0.16:
            row["completed_at"] = None
        elif draw < 0.2 and row["status"] in FINISHED:
            self.finish(day)
        if row["received_at"] is None and row["status"] != "cancelled":
            row["received_at"] = self.at(self.begun)

    def finish(self, day: date) -> None:
        row, draw = self.row, self.random.random()
        self.accept()
        row["status"] = self.random.choice(sorted(FINISHED))
        done = self.at(self.between(self.begun, day))
        row["completed_at"], row["returned_at"] = (
            (done, None)
            if draw < 0.5
            else (done, self.at(max(done.date(), self.between(self.begun, day))))
            if draw < 0.7
            else (None, done)
            if draw < 0.85
            else (None, None)
        )
        self.forbid_time_travel(day)

    def withdraw(self, day: date) -> None:
        self.accept()
        self.row["status"] = "withdrawn"
        if self.chance(0.6):
            self.row["completed_at"] = self.at(self.between(self.begun, day))
        self.forbid_time_travel(day)

    def pause(self, day: date) -> None:
        row = self.row
        self.accept()
        row["status"] = self.random.choice(sorted(PAUSED) if self.chance(0.8) else OPEN_STATUSES)
        if self.chance(0.6):
            asked = self.between(self.listed_on, day)
            row["supplement_requested_at"], row["supplement_received_at"] = self.at(asked), None
            if self.chance(0.15) and asked < day:
                row["supplement_received_at"] = self.at(self.between(asked, day))

    def resume(self, day: date) -> None:
        row = self.row
        self.accept()
        row["status"] = self.random.choice(OPEN_STATUSES)
        asked = row["supplement_requested_at"]
        if asked and row["supplement_received_at"] is None and self.chance(0.6):
            row["supplement_received_at"] = self.at(self.between(asked.date(), day))

    def accept(self) -> None:
        if self.row["received_at"] is None:
            self.row["received_at"] = self.at(self.begun)

    def forbid_time_travel(self, day: date) -> None:
        """A result before receipt or after the extract would be refused."""
        for column in ("completed_at", "returned_at"):
            moment = self.row[column]
            if moment and not self.begun <= moment.date() <= day:
                self.row[column] = self.at(day)


class Directive(Drawn):
    """A directive with its lead unit."""

    begins_at = "assigned_at"

    def begin(self, day: date) -> None:
        random, row = self.random, self.row
        row["unit_id"] = random.choice(("u1", "o1", "o2"))
        row["issuer"] = random.choice(("government", "prime_minister", "ppc", "ppc", "chairman"))
        row["due_at"] = None if self.chance(0.12) else self.draw_due()
        row["extension_approved_at"] = row["extended_due_at"] = row["completed_at"] = None
        row["status"] = "in_progress"
        self.live_on(day)

    def live_on(self, day: date) -> None:
        row, draw = self.row, self.random.random()
        if self.chance(0.1):
            self.move_due()
        if self.chance(0.3):
            self.extend(day)
        if row["status"] == "completed":
            if draw < 0.1:
                row["status"], row["completed_at"] = "in_progress", None
        elif draw < 0.25:
            row["status"] = "completed"
            row["completed_at"] = self.at(self.between(self.begun, day))
            if self.chance(0.15):
                row["completed_at"] = None
        elif draw < 0.29:
            row["status"] = self.random.choice(("withdrawn", "standing"))
        elif draw < 0.4:
            row["status"] = "in_progress"
        done = row["completed_at"]
        if done and not self.begun <= done.date() <= day:
            row["completed_at"] = self.at(day)

    def extend(self, day: date) -> None:
        row = self.row
        if row["due_at"] is None:
            return
        later = row["due_at"].date() + timedelta(days=self.random.randint(-3, 40))
        row["extended_due_at"] = self.at(later)
        if self.chance(0.7):
            row["extension_approved_at"] = self.at(self.between(self.begun, day))


class DocumentFlow(Drawn):
    """One unit's handling of an incoming document."""

    begins_at = "arrived_at"

    def begin(self, day: date) -> None:
        random, row = self.random, self.row
        row["role"] = random.choice(("lead", "lead", "lead", "support", "inform"))
        row["due_at"] = None if self.chance(0.3) else self.draw_due()
        row["completed_at"], row["storage"], row["status"] = None, None, "waiting"
        self.live_on(day)

    def live_on(self, day: date) -> None:
        row, draw = self.row, self.random.random()
        if self.chance(0.12):
            self.move_due()
        if row["status"] == "completed":
            if draw < 0.1:
                row["status"], row["completed_at"] = "processing", None
        elif draw < 0.35:
            row["status"] = "completed"
            row["completed_at"] = self.at(self.between(self.begun, day))
            row["storage"] = self.random.choice((None, "closed", "closed"))
            if self.chance(0.15):
                row["completed_at"] = None
        elif draw < 0.40:
            row["status"] = self.random.choice(("returned", "recalled"))
        elif draw < 0.45:
            row["storage"] = self.random.choice(("reference", "no_action"))
        else:
            row["status"] = self.random.choice(("processing", "forwarded", "waiting"))
        if self.chance(0.03):
            row["role"] = "lead"
        done = row["completed_at"]
        if done and not self.begun <= done.date() <= day:
            row["completed_at"] = self.at(day)
