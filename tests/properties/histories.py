"""Strategies for small histories: what a run of extracts says, again and again, of a case.

A history need not be sensible, only deliverable: no row is drawn that reading would refuse. Its
dates fall on deadlines, the days beside them, month ends and extract dates more often than chance
would have it; it is told in events such as a pause, a moved deadline or a reopening, of which the
simplest is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.properties.reference import FINISHED, PAUSED, Version

Draw = Callable[[st.SearchStrategy[Any]], Any]

DAY = timedelta(days=1)
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
HOURS = st.sampled_from(
    (time(8, 3), time(8, 3), time(11, 0), time(16, 40), time(23, 59, 59), time(0, 0))
)
FIRST_EXTRACT = st.sampled_from([n for n in range(len(EXTRACTS)) for _ in EXTRACTS[n:]])
LISTED_UNTIL = st.sampled_from([*[len(EXTRACTS)] * 8, 0, 1, 3])
SKIPPED = st.frozensets(st.sampled_from(EXTRACTS), max_size=2)
WHEN = st.sampled_from(["any day"] * 4 + ["due", "due", "day before", "day after"] + ["month end"])
ABOUT_DUE = {"day before": -DAY, "due": 0 * DAY, "day after": DAY}
OPEN_STATUSES = ("processing", "processing", "processing", "accepted")


def gather(strategy: st.SearchStrategy[Any], count: int, number: int) -> list[Any]:
    """Have hypothesis draw as many examples; the same seed gives the same ones."""
    found: list[Any] = []

    @seed(number)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: Any) -> None:
        found.append(example)

    draw()
    return found


def weighted(**weights: int) -> st.SearchStrategy[str]:
    """One of the names, each as often as its weight says."""
    return st.sampled_from([*chain.from_iterable(map(repeat, weights, weights.values()))])


@lru_cache(maxsize=None, typed=True)
def one_of(*values: Any) -> st.SearchStrategy[Any]:
    """One of a few values; a repeated one is drawn more often."""
    return st.sampled_from(values)


@lru_cache(maxsize=None, typed=True)
def count(least: int, most: int) -> st.SearchStrategy[int]:
    """A whole number."""
    return st.integers(least, most)


@st.composite
def told(draw: Draw, story: type[Story]) -> list[Version]:
    """The versions of one case, in extracts that may begin late, skip some and end early."""
    first, until, skipped = draw(FIRST_EXTRACT), draw(LISTED_UNTIL), draw(SKIPPED)
    later = [day for day in EXTRACTS[first + 1 :][:until] if day not in skipped]
    case = story(draw, EXTRACTS[first])
    return list(case.tell([EXTRACTS[first], *later]))


class Story:
    """The changing row of one invented case."""

    begins_at = "received_at"
    events: st.SearchStrategy[str]

    def __init__(self, draw: Draw, day: date) -> None:
        """Draw the case as its first extract shows it."""
        self.draw = draw
        self.day = day
        self.begun = day - timedelta(days=draw(count(0, 40)))
        if draw(one_of(False, False, False, True)):
            self.begun = min(_month_end(self.begun), day)
        self.row: dict[str, Any] = {self.begins_at: self.at(self.begun)}
        self.begin()

    def begin(self) -> None:
        """Draw the other columns."""
        raise NotImplementedError

    def tell(self, days: list[date]) -> Iterator[Version]:
        """The case as these extracts show it; something may have happened before each."""
        for day in days:
            self.day = day
            getattr(self, self.draw(self.events))()
            self.forbid_time_travel()
            yield Version(day, dict(self.row))

    def rest(self) -> None:
        """Nothing happens."""

    def move_due(self) -> None:
        """Another deadline: later, earlier, none or, where there was none, one."""
        due = self.row["due_at"]
        days = self.draw(one_of(7, 1, 35, 14, -1, -10, None))
        if due is None:
            self.row["due_at"] = self.some_due()
        elif days is None:
            self.row["due_at"] = None
        else:
            self.row["due_at"] = self.at(max(due.date() + days * DAY, self.begun + DAY))

    def at(self, day: date) -> datetime:
        return datetime.combine(day, self.draw(HOURS))

    def between(self, earliest: date, latest: date) -> datetime:
        """A moment of a span of days, often one about the deadline or a month end."""
        when, due = self.draw(WHEN), self.row.get("due_at")
        if when in ABOUT_DUE and due is not None:
            day = due.date() + ABOUT_DUE[when]
        else:
            day = earliest + timedelta(days=self.draw(count(0, max((latest - earliest).days, 0))))
        if when == "month end":
            day = _month_end(day)
        return self.at(max(min(day, latest), earliest))

    def some_due(self) -> datetime:
        """A deadline, seldom one before the case began."""
        day = self.begun + timedelta(days=self.draw(one_of(*range(1, 61), -1, -9)))
        if day > self.begun and self.draw(one_of(False, False, False, True)):
            day = max(_month_end(day), self.begun + DAY)
        return self.at(day)

    def forbid_time_travel(self) -> None:
        """A result before the case began or after the extract would be refused."""
        for column in ("completed_at", "returned_at"):
            moment = self.row.get(column)
            if moment and not self.begun <= moment.date() <= self.day:
                self.row[column] = self.at(self.day)


class Dossier(Story):
    """A one-stop dossier."""

    events = weighted(
        rest=12, resume=24, pause=18, finish=30, withdraw=6, leave=3, move_due=14, apologise=5,
        reopen=8, lose_dates=4, exempt=3,
    )  # fmt: skip

    def begin(self) -> None:
        """Draw the other columns."""
        draw, row = self.draw, self.row
        row["unit_id"] = draw(one_of("u1", "u2", "u3", "u-qms"))
        row["authority"] = draw(one_of("ppc", "chairman", "department", "commune", None))
        row["procedure_id"] = draw(one_of("p1", "p2", "p3", None))
        row["channel"] = draw(one_of("online", "online", "counter", "postal", None))
        row["service_level"] = draw(one_of("level_3", "level_4", "level_2", None))
        submitted = draw(one_of(None, None, None, 0, 1, 20))
        row["submitted_at"] = (
            None if submitted is None else datetime.combine(self.begun, time(7)) - submitted * DAY
        )
        row["due_at"] = self.some_due() if draw(one_of(*[True] * 6, False)) else None
        row["deadline_exempt"] = draw(one_of(None, None, None, False, True))
        row["handled_electronically"] = draw(one_of(None, True, True, False))
        row["process_conforming"] = draw(one_of(None, None, None, None, True, False))
        row["supplement_count"] = draw(one_of(None, 0, 1, 1, 2))
        row["status"] = "processing"
        row["completed_at"] = row["returned_at"] = None
        row["supplement_requested_at"] = row["supplement_received_at"] = None
        row["apology_sent_at"] = row["apology_due_at"] = None
        self.listed_on = self.begun

    def tell(self, days: list[date]) -> Iterator[Version]:
        """The case as these extracts show it."""
        for version in super().tell(days):
            yield version
            self.listed_on = version.extracted_on

    @property
    def has_ended(self) -> bool:
        return self.row["status"] in FINISHED | {"withdrawn", "cancelled"}

    def finish(self) -> None:
        """It ends, known by its result, its return, both or neither."""
        row = self.row
        if self.has_ended and self.draw(one_of(True, True, True, False)):
            return
        self.accept()
        row["status"] = self.draw(one_of(*sorted(FINISHED)))
        known = self.draw(one_of("result", "result", "result", "both", "return", "neither"))
        done = self.between(self.begun, self.day)
        row["completed_at"] = done if known in ("result", "both") else None
        row["returned_at"] = None
        if known in ("both", "return"):
            row["returned_at"] = max(done, self.between(self.begun, self.day))

    def withdraw(self) -> None:
        """The applicant takes it back, on a known day or not."""
        self.accept()
        self.row["status"] = "withdrawn"
        if self.draw(one_of(True, False)):
            self.row["completed_at"] = self.between(self.begun, self.day)

    def leave(self) -> None:
        """It turns out not to be a dossier after all."""
        if not self.has_ended:
            self.row["status"] = self.draw(one_of("cancelled", "refused_intake", "submitted"))
            if self.draw(one_of(False, False, True)):
                self.row["received_at"] = None

    def pause(self) -> None:
        """The clock stops, by a status, a request or both."""
        if self.has_ended:
            return
        row = self.row
        self.accept()
        row["status"] = self.draw(one_of(*sorted(PAUSED), "processing"))
        if self.draw(one_of(True, True, False)):
            row["supplement_requested_at"] = self.between(self.listed_on, self.day)
            row["supplement_received_at"] = None
            asked = row["supplement_requested_at"].date()
            if asked < self.day and self.draw(one_of(False, False, False, True)):
                row["supplement_received_at"] = self.between(asked, self.day)

    def resume(self) -> None:
        """The clock runs on, by a status and perhaps an answer."""
        if self.has_ended:
            return
        row = self.row
        self.accept()
        row["status"] = self.draw(one_of(*OPEN_STATUSES))
        asked = row["supplement_requested_at"]
        if asked and row["supplement_received_at"] is None and self.draw(one_of(True, False)):
            row["supplement_received_at"] = self.between(asked.date(), self.day)

    def reopen(self) -> None:
        """It had not ended after all; its dates may stay."""
        if self.has_ended:
            self.accept()
            self.row["status"] = self.draw(one_of(*OPEN_STATUSES))
            if self.draw(one_of(True, False)):
                self.row["completed_at"] = self.row["returned_at"] = None

    def lose_dates(self) -> None:
        """Nobody knows any more when it ended."""
        self.row["completed_at"] = None

    def exempt(self) -> None:
        """It needs no deadline, or does again."""
        self.row["deadline_exempt"] = self.draw(one_of(True, None))

    def apologise(self) -> None:
        """The applicant is told another date, which moves nothing."""
        if self.row["due_at"] is not None:
            self.row["apology_sent_at"] = self.between(self.begun, self.day)
            self.row["apology_due_at"] = self.row["due_at"] + 10 * DAY

    def accept(self) -> None:
        if self.row["received_at"] is None:
            self.row["received_at"] = self.at(self.begun)


class FollowedStory(Story):
    """What somebody tracks and urges."""

    def begin(self) -> None:
        """Nobody has done either."""
        self.row["last_tracked_at"] = self.row["last_urged_at"] = None

    def some_due(self) -> datetime:
        """A deadline, often about a week after a month end, where urging begins to be needed."""
        week_after = [end + days * DAY for end in MONTH_ENDS for days in (6, 7, 7, 8)]
        later = tuple(day for day in week_after if day > self.begun)
        if later and self.draw(one_of(False, False, True)):
            return self.at(self.draw(one_of(*later[:8])))
        return super().some_due()

    def track(self) -> None:
        """An entry says how it stands."""
        self.row["last_tracked_at"] = self.between(self.begun, self.day)

    def urge(self) -> None:
        """Somebody is reminded, often about a week before the deadline."""
        due, before = self.row["due_at"], self.draw(one_of(7, 7, 6, 8, 0, -3, None))
        self.row["last_urged_at"] = (
            self.between(self.begun, self.day)
            if due is None or before is None
            else self.at(min(due.date() - before * DAY, self.day))
        )


class Directive(FollowedStory):
    """A directive with its lead unit."""

    begins_at = "assigned_at"
    events = weighted(
        rest=8, track=40, urge=10, complete=12, reopen=6, set_aside=4, resume=3, move_due=10,
        extend=20,
    )  # fmt: skip

    def begin(self) -> None:
        """Draw the other columns."""
        super().begin()
        row = self.row
        row["unit_id"] = self.draw(one_of("u1", "o1", "o2"))
        row["issuer"] = self.draw(one_of("ppc", "ppc", "chairman", "government", "prime_minister"))
        row["due_at"] = self.some_due() if self.draw(one_of(*[True] * 7, False)) else None
        row["extension_approved_at"] = row["extended_due_at"] = row["completed_at"] = None
        row["status"] = "in_progress"

    def complete(self) -> None:
        """It is carried out, on a known day or not."""
        self.row["status"] = "completed"
        known = self.draw(one_of(*[True] * 6, False))
        self.row["completed_at"] = self.between(self.begun, self.day) if known else None

    def reopen(self) -> None:
        """It was not carried out after all; its date may stay."""
        if self.row["status"] == "completed":
            self.row["status"] = "in_progress"
            if self.draw(one_of(True, False)):
                self.row["completed_at"] = None

    def set_aside(self) -> None:
        """It is taken back, or goes on for ever."""
        self.row["status"] = self.draw(one_of("withdrawn", "standing"))

    def resume(self) -> None:
        """It is to be carried out after all."""
        self.row["status"] = "in_progress"

    def extend(self) -> None:
        """A later deadline is asked for and perhaps approved."""
        row = self.row
        if row["due_at"] is not None:
            later = row["due_at"].date() + timedelta(days=self.draw(count(-3, 40)))
            row["extended_due_at"] = self.at(later)
            if self.draw(one_of(True, True, False)):
                row["extension_approved_at"] = self.between(self.begun, self.day)


class Task(FollowedStory):
    """An item of the work programme."""

    begins_at = "added_at"
    events = weighted(rest=8, track=40, urge=10, complete=8, reopen=4, remove=4, move_due=8)

    def begin(self) -> None:
        """Draw the other columns."""
        super().begin()
        row = self.row
        row["programme_year"] = 2022
        row["unit_id"] = self.draw(one_of("u1", "o1", "o2"))
        row["due_at"] = self.some_due() if self.draw(one_of(*[True] * 7, False)) else None
        row["completed_at"] = row["removed_at"] = None

    def complete(self) -> None:
        """It is done."""
        self.row["completed_at"] = self.between(self.begun, self.day)

    def reopen(self) -> None:
        """It was not done after all."""
        self.row["completed_at"] = None

    def remove(self) -> None:
        """It leaves the programme, perhaps on a later day, or comes back."""
        is_back = self.row["removed_at"] is not None
        self.row["removed_at"] = None if is_back else self.between(self.begun, self.day + 20 * DAY)


class Flow(Story):
    """One unit's handling of an incoming document."""

    begins_at = "arrived_at"
    events = weighted(rest=20, handle=30, complete=32, reopen=4, set_aside=5, shelve=5, move_due=10)

    def begin(self) -> None:
        """Draw the other columns."""
        row = self.row
        row["role"] = self.draw(one_of("lead", "lead", "lead", "support", "inform"))
        row["due_at"] = self.some_due() if self.draw(one_of(True, True, False)) else None
        row["completed_at"], row["storage"], row["status"] = None, None, "waiting"

    def complete(self) -> None:
        """It is dealt with, on a known day or not."""
        row = self.row
        row["status"] = "completed"
        known = self.draw(one_of(*[True] * 6, False))
        row["completed_at"] = self.between(self.begun, self.day) if known else None
        row["storage"] = self.draw(one_of("closed", "closed", None))

    def reopen(self) -> None:
        """It was not dealt with after all."""
        self.row["status"], self.row["completed_at"] = "processing", None

    def handle(self) -> None:
        """It goes its way; a unit may take the lead."""
        if self.row["status"] != "completed":
            self.row["status"] = self.draw(one_of("processing", "forwarded", "waiting"))
        if self.draw(one_of(*[False] * 9, True)):
            self.row["role"] = "lead"

    def set_aside(self) -> None:
        """It is sent back or called back."""
        self.row["status"] = self.draw(one_of("returned", "recalled"))

    def shelve(self) -> None:
        """It was for information only."""
        self.row["storage"] = self.draw(one_of("reference", "no_action"))


@st.composite
def document_told(draw: Draw) -> tuple[str, dict[str, list[Version]]]:
    """Register book, and the handling of a document by one to three units, arrived on one day."""
    units = draw(UNITS_OF_A_DOCUMENT)
    flows = {unit: draw(told(Flow)) for unit in units}
    arrived = min(version["arrived_at"] for versions in flows.values() for version in versions)
    return draw(one_of("A", "B")), {
        unit: [Version(v.extracted_on, {**v.row, "arrived_at": arrived}) for v in versions]
        for unit, versions in flows.items()
    }


UNITS_OF_A_DOCUMENT = one_of(("o1",), ("u1",), ("o2",), ("o1", "o2"), ("o1", "u1", "o2"))


def _month_end(day: date) -> date:
    """The end of a month that is closest to a day."""
    return min(MONTH_ENDS, key=lambda end: abs(end - day))


def told_as_text(histories: list[list[Version]]) -> str:
    """What each extract says, and of later ones what they say anew."""
    lines = []
    for versions in histories:
        before: dict[str, Any] = {}
        for version in versions:
            news = {
                name: str(value) for name, value in version.row.items() if value != before.get(name)
            }
            lines.append(f"  {version.extracted_on}: {news}")
            before = dict(version.row)
    return "\n".join(lines)
