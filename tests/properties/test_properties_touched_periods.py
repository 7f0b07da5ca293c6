"""Whatever happens to whichever case, and whatever day it is: nights count as a build anew would.

Cases of four years change at random, night by night, and each night looks at the periods that its
changes touch. Afterwards the counts of all periods are held against all cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from tests.cases.pipeline import Pipeline
from tests.properties.conftest import SEED
from tests.support.counts import COUNTED, miscounted, touched

FIRST, LAST = date(2019, 1, 1), date(2022, 6, 15)
FIRST_EXTRACT = date(2022, 7, 1)
NIGHTS = 5
CHANGED = 4
"""Cases of each dataset that a night changes."""

Row = Mapping[str, Any]


def some_day(lots: Random) -> date:
    return FIRST + timedelta(days=lots.randrange((LAST - FIRST).days))


def later(lots: Random, day: date) -> date | None:
    """A day after, mostly soon and at times years later; none where that has not come yet."""
    found = day + timedelta(days=lots.choice([0, 2, 10, 40, 200, 600]))
    return found if found <= LAST else None


def dossier(lots: Random) -> Row:
    received = some_day(lots)
    return {
        "unit_id": lots.choice("AB"),
        "authority": lots.choice(["ppc", "department"]),
        "channel": lots.choice(["online", "counter"]),
        "service_level": lots.choice(["level_2", "level_4"]),
        "received_at": received,
        "due_at": lots.choice([None, received + timedelta(days=lots.choice([5, 30, 400]))]),
        "completed_at": later(lots, received),
        "status": lots.choice(["delivered"] * 4 + ["processing", "withdrawn", "cancelled"]),
        "supplement_requested_at": lots.choice([None, None, later(lots, received)]),
        "handled_electronically": lots.choice([True, False, None]),
    }


def document(lots: Random) -> Row:
    arrived = some_day(lots)
    return {
        "role": lots.choice(["lead", "lead", "support"]),
        "arrived_at": arrived,
        "due_at": lots.choice([None, arrived + timedelta(days=10)]),
        "completed_at": later(lots, arrived),
        "status": lots.choice(["completed", "completed", "processing", "returned"]),
    }


def directive(lots: Random) -> Row:
    assigned = some_day(lots)
    return {
        "issuer": lots.choice(["ppc", "government"]),
        "assigned_at": assigned,
        "due_at": lots.choice([None, assigned + timedelta(days=30)]),
        "completed_at": later(lots, assigned),
        "status": lots.choice(["completed", "completed", "in_progress", "withdrawn"]),
        "last_tracked_at": later(lots, assigned),
        "last_urged_at": later(lots, assigned),
    }


def task(lots: Random) -> Row:
    added = some_day(lots)
    return {
        "programme_year": 2022,
        "unit_id": lots.choice("AB"),
        "added_at": added,
        "removed_at": lots.choice([None, None, later(lots, added)]),
        "due_at": added + timedelta(days=30),
        "completed_at": later(lots, added),
        "last_tracked_at": later(lots, added),
    }


def keys(source: str) -> Iterator[Row]:
    for number in range(60):
        if source == "dossiers":
            yield {"dossier_id": f"H{number}"}
        elif source == "directives":
            yield {"directive_id": f"N{number}", "unit_id": "VP" if number % 2 else "A"}
        elif source == "programme_tasks":
            yield {"task_id": f"T{number}"}
        else:
            document = {"register_year": 2022, "register_book": "B", "office_id": "VP"}
            yield {**document, "arrival_no": number // 2, "unit_id": "AB"[number % 2]}


KINDS: Mapping[str, Callable[[Random], Row]] = {
    "dossiers": dossier,
    "documents": document,
    "directives": directive,
    "programme_tasks": task,
}


def changed(lots: Random, old: Row, new: Row) -> Row:
    """A case of which some columns say something else; it never ends before it began."""
    row = {name: lots.choice([value, value, new[name]]) for name, value in old.items()}
    begun = next(row[name] for name in ("received_at", "arrived_at", "assigned_at", "added_at")
                 if name in row)  # fmt: skip
    if row["completed_at"] is not None and row["completed_at"] < begun:
        row["completed_at"] = None
    return row


@pytest.fixture(scope="module")
def nights(tmp_path_factory, prepared_dbt) -> list[tuple[set[str], list[Any]]]:
    """Of every night, the periods it counted and some counts that were wrong afterwards."""
    pipeline = Pipeline(tmp_path_factory.mktemp("touched") / "data", prepared_dbt)
    lots = Random(SEED)
    rows = {source: [row(lots) for _ in keys(source)] for source, row in KINDS.items()}
    office = {"unit_id": "VP", "unit_name": "VP", "is_office": True}
    pipeline.deliver("units", FIRST_EXTRACT, [office])
    found = []
    for night in range(NIGHTS):
        for source, row in KINDS.items():
            known = list(zip(keys(source), rows[source], strict=True))
            numbers = range(len(known)) if night == 0 else lots.sample(range(len(known)), CHANGED)
            for number in numbers:
                if night:
                    rows[source][number] = changed(lots, rows[source][number], row(lots))
            told = [{**known[number][0], **rows[source][number]} for number in numbers]
            pipeline.deliver(source, FIRST_EXTRACT + timedelta(days=night), told)
        as_of = LAST + timedelta(days=lots.randrange(-90, 90))
        pipeline.night(as_of, COUNTED)
        found.append((touched(pipeline), miscounted(pipeline)))
        pipeline.publish()
    assert pipeline.ask("select distinct status, rows_rejected from ops.extract_log") == [
        ("loaded", 0)
    ]
    pipeline.close()
    return found


def test_every_count_of_every_night_is_that_of_the_cases(nights):
    assert [wrong for _, wrong in nights] == [[]] * NIGHTS


def test_nights_leave_periods_as_they_were(nights):
    everything, *others = (counted for counted, _ in nights)
    assert all(everything - counted for counted in others)
