"""An invented event log in the shape of a real one: a permit desk abroad, a row per event.

Its cases repeat, offsets of summer and winter mix in one column, some values have a fraction of a
second and some do not, many deadlines stand at midnight, two cases end before they start, and
nothing says in which state a case is. What it should come to is counted here in plain Python.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
ONLINE = ("Internet", "e-mail")
EXTRACTED_ON = date(2022, 1, 23)
MOMENT = date(2022, 1, 31)
"""The end of a period at which open cases are looked at."""

CONTRACT = """\
source: {source}
dataset: dossiers
files: "*.csv"
mode: full
cadence: once
timezone: Europe/Amsterdam
precision: {precision}
columns:
  dossier_id: {{headers: ["case:concept:name"], required: true}}
  received_at: {{headers: ["case:startdate"], required: true}}
  due_at: {{headers: ["case:deadline"]}}
  completed_at: {{headers: ["case:enddate"]}}
  channel:
    headers: ["case:channel"]
    values: {{online: [Internet, e-mail], counter: [Desk, Intern], postal: [Post]}}
  unit_id: {{headers: ["case:department"]}}
  status: {{from: completed_at, present: result_ready, absent: processing}}
"""


@dataclass(frozen=True)
class Case:
    """One case, its instants as the log writes them; no end: still open."""

    start: str
    deadline: str
    end: str
    channel: str = "Internet"

    @property
    def finished(self) -> bool:
        return bool(self.end)

    @property
    def on_time_by_date(self) -> bool:
        return self.finished and local(self.end).date() <= local(self.deadline).date()

    @property
    def on_time_by_clock(self) -> bool:
        return self.finished and local(self.end) <= local(self.deadline)

    @property
    def overdue_by_date(self) -> bool:
        return not self.finished and local(self.deadline).date() < MOMENT

    @property
    def overdue_by_clock(self) -> bool:
        return not self.finished and local(self.deadline) < datetime.combine(MOMENT, time.max)


def local(text: str) -> datetime:
    """The wall clock in the zone of the log, in whole seconds."""
    return datetime.fromisoformat(text).astimezone(ZONE).replace(tzinfo=None, microsecond=0)


PECULIAR = tuple(
    Case(*(value.strip() for value in line.split("|")))
    for line in """
        2021-05-03 09:15:00.250000+02:00 | 2021-06-10 00:00:00+02:00 | 2021-06-10 15:02:11+02:00
        2021-11-02 10:00:00+01:00 | 2021-11-30 00:00:00+01:00 | 2021-11-30 08:41:05.120+01:00 | Desk
        2021-02-01 12:00:00+01:00 | 2021-03-01 12:00:00+01:00 | 2021-03-01 12:00:00.010000+01:00
        2021-02-01 12:00:00+01:00 | 2021-03-01 00:00:00+01:00 | 2021-03-01 00:00:00.010000+01:00
        2021-10-04 08:00:00+02:00 | 2021-10-31 02:30:00+02:00 | 2021-10-31 02:10:00+01:00 | Post
        2021-07-05 09:00:00+02:00 | 2021-07-20 17:00:00+02:00 | 2021-07-20 23:30:00+01:00
        2021-08-09 11:20:30.5+02:00 | 2021-09-06 11:20:30.5+02:00 | 2021-08-09 11:16:00+02:00 | Desk
        2021-12-01 14:05:00+01:00 | 2021-12-29 14:05:00+01:00 | 2021-12-01 14:04:59.9+01:00 | Intern
        2021-11-15 09:00:00+01:00 | 2022-01-10 00:00:00+01:00 | | e-mail
        2021-12-06 09:00:00+01:00 | 2022-01-31 00:00:00+01:00 |
        2022-01-17 16:45:00.007000+01:00 | 2022-02-14 16:45:00.007000+01:00 | | Post
    """.strip().splitlines()
)
"""Started, due, ended, channel.

Two are due at midnight and done that day (in UTC the deadline is a day earlier); two are due and
done within one second. One is done in the hour that comes twice, later than due but earlier by the
clock on the wall; one before midnight as written, after midnight where the desk is. Two ended some
minutes before they started. Three are open: overdue, due at midnight of `MOMENT`, due later.
"""


def regular(count: int = 60) -> list[Case]:
    """Ordinary cases all through a year: early, in time, some hours or some days late."""
    cases = []
    for number in range(count):
        start = datetime(2021, 1, 4, 9, 6, 40, 20_000, tzinfo=ZONE) + timedelta(days=6 * number)
        deadline = start + timedelta(days=28)
        if number % 3 == 0:
            deadline = deadline.replace(hour=0, minute=0, second=0, microsecond=0)
        end = deadline + timedelta(days=(-9, -1, 0, 3)[number % 4], hours=number % 5)
        channel = ("Internet", "Internet", "Desk", "e-mail", "Post")[number % 5]
        is_open = end.date() > EXTRACTED_ON
        cases.append(Case(str(start), str(deadline), "" if is_open else str(end), channel))
    return cases


CASES = (*PECULIAR, *regular())


def case_id(prefix: str, number: int) -> str:
    """The id of the case at that place of `CASES`."""
    return f"{prefix}-{10_001 + 7 * number}"


def events(number: int) -> int:
    """How many events, and so rows, the case at that place has."""
    return 1 + number % 5


def event_log(prefix: str) -> str:
    """The log as CSV, its case ids beginning with `prefix`."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(
        ["case:channel", "case:concept:name", "case:deadline", "case:department", "case:enddate",
         "case:startdate", "concept:name", "org:resource", "time:timestamp"]
    )  # fmt: skip
    for number, case in enumerate(CASES):
        for event in range(events(number)):
            at = datetime.fromisoformat(case.start) + timedelta(hours=event)
            rows.writerow(
                [case.channel, case_id(prefix, number), case.deadline, "General", case.end,
                 case.start, f"T{event:02} Step", f"Resource{event}", at]
            )  # fmt: skip
    return file.getvalue()
