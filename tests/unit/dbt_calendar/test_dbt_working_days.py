"""Working days of the reviewed years, and arithmetic on them through the project's macros."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import duckdb
import pytest

WORKING_DAYS_PER_MONTH = {
    2021: [20, 15, 23, 20, 20, 22, 22, 22, 20, 21, 22, 23],
    2022: [19, 16, 23, 20, 20, 22, 21, 23, 20, 21, 22, 22],
    2023: [16, 20, 23, 20, 20, 22, 21, 23, 19, 22, 22, 21],
    2024: [22, 16, 21, 19, 23, 20, 23, 22, 19, 23, 21, 22],
    2025: [17, 20, 21, 21, 20, 21, 23, 21, 20, 23, 20, 23],
    2026: [21, 15, 22, 20, 20, 22, 23, 21, 20, 22, 20, 23],
}

ADDITIONS = [
    ("T31", date(2022, 1, 28), 3, date(2022, 2, 9)),
    ("T32", date(2022, 8, 29), 5, date(2022, 9, 7)),
    ("T32", date(2022, 4, 29), 1, date(2022, 5, 4)),
    ("T33", date(2024, 4, 26), 2, date(2024, 5, 3)),
    ("T33 make-up Saturday", date(2024, 4, 26), 3, date(2024, 5, 4)),
    ("T34", date(2025, 12, 31), 2, date(2026, 1, 6)),
    ("T34 make-up Saturday", date(2026, 1, 9), 1, date(2026, 1, 10)),
    ("T36", date(2025, 4, 29), 2, date(2025, 5, 6)),
    ("T36 make-up Saturday", date(2025, 4, 25), 1, date(2025, 4, 26)),
    ("T36", date(2026, 8, 28), 1, date(2026, 9, 3)),
    ("received on a Saturday: Monday is day one", date(2022, 3, 5), 1, date(2022, 3, 7)),
    ("outside the calendar", date(2040, 12, 31), 1, None),
]

ADD_AND_COUNT = """
with

calendar_days as (select * from {{ ref('int_calendar_days') }}),
working_days as (select * from {{ ref('int_working_days') }})

select
    additions.start_on,
    additions.working_days,
    due.date_day,
    {{ working_days_between('due_start', 'due_calendar') }}
from additions
{{ join_working_days_after('due', 'additions.start_on', 'additions.working_days') }}
left join calendar_days as due_calendar on due.date_day = due_calendar.date_day
"""


@pytest.mark.parametrize("year", WORKING_DAYS_PER_MONTH)
def test_working_days_of_each_month(calendar_db: duckdb.DuckDBPyConnection, year: int) -> None:
    rows = calendar_db.execute(
        "select count(*) filter (where is_working_day) from marts.dim_date"
        " where calendar_year = ? group by month_no order by month_no",
        [year],
    ).fetchall()
    assert [count for (count,) in rows] == WORKING_DAYS_PER_MONTH[year]


@pytest.fixture(scope="module")
def added(
    calendar_db: duckdb.DuckDBPyConnection, compiled: Callable[[str], str]
) -> dict[tuple[date, int], tuple[date | None, int | None]]:
    calendar_db.execute("create temp table additions (start_on date, working_days bigint)")
    calendar_db.executemany(
        "insert into additions values (?, ?)", [(start, days) for _, start, days, _ in ADDITIONS]
    )
    rows = calendar_db.execute(compiled(ADD_AND_COUNT)).fetchall()
    return {(start, days): (due, between) for start, days, due, between in rows}


@pytest.mark.parametrize(("case", "start", "working_days", "expected"), ADDITIONS)
def test_adding_working_days(
    added: dict[tuple[date, int], tuple[date | None, int | None]],
    case: str,
    start: date,
    working_days: int,
    expected: date | None,
) -> None:
    between = working_days if expected else None
    assert added[start, working_days] == (expected, between), case


def test_every_day_is_there_once_and_labelled(calendar_db: duckdb.DuckDBPyConnection) -> None:
    span = calendar_db.execute(
        "select min(date_day), max(date_day), count(*), count(distinct date_day)"
        " from marts.dim_date"
    ).fetchone()
    days = (date(2040, 12, 31) - date(2005, 1, 1)).days + 1
    assert span == (date(2005, 1, 1), date(2040, 12, 31), days, days)
    labels = calendar_db.execute(
        "select date_day::text, year_label, half_year_label, quarter_label, month_label"
        " from marts.dim_date where date_day in"
        " ('2022-03-31', '2022-06-30', '2022-07-01', '2022-12-31') order by all"
    ).fetchall()
    assert labels == [
        ("2022-03-31", "2022", "2022-H1", "2022-Q1", "2022-03"),
        ("2022-06-30", "2022", "2022-H1", "2022-Q2", "2022-06"),
        ("2022-07-01", "2022", "2022-H2", "2022-Q3", "2022-07"),
        ("2022-12-31", "2022", "2022-H2", "2022-Q4", "2022-12"),
    ]


def test_only_the_reviewed_years_say_so(calendar_db: duckdb.DuckDBPyConnection) -> None:
    reviewed = calendar_db.execute(
        "select distinct calendar_year from marts.dim_date where is_reviewed order by all"
    ).fetchall()
    assert [year for (year,) in reviewed] == list(WORKING_DAYS_PER_MONTH)
    doubtful = calendar_db.execute(
        "select date_day from marts.dim_date where not is_reviewed and calendar_year = 2026"
    ).fetchall()
    assert doubtful == [(date(2026, 11, 24),)], "Ngày Văn hóa Việt Nam waits for its legal act"


TERM = """
with

working_hours as (select * from {{ ref('int_working_hours') }}),
received as (select $received_at::timestamp as received_at, $hours::int as hours),

{{ ends_of_terms('received', 'received.received_at', 'received.hours * 60', 'REGIME') }}

select ends_at from term_ends
"""


@pytest.mark.parametrize(
    ("regime", "received_at", "hours", "ends_at"),
    [
        pytest.param("one_stop", "2022-09-06 17:10", 1, "2022-09-07 08:30", id="T35"),
        pytest.param("one_stop", "2022-09-06 07:40", 1, "2022-09-06 08:40", id="T35 early"),
        pytest.param("office", "2022-09-06 17:10", 1, "2022-09-07 08:40", id="T35 office"),
        pytest.param("office", "2022-09-06 07:40", 1, "2022-09-06 09:00", id="T35 office early"),
        pytest.param("one_stop", "2022-09-06 12:00", 1, "2022-09-06 14:00", id="lunch"),
        pytest.param("one_stop", "2022-09-06 11:00", 1, "2022-09-06 13:30", id="over lunch"),
        pytest.param("one_stop", "2022-09-06 10:30", 1, "2022-09-06 11:30", id="ends at lunch"),
        pytest.param("one_stop", "2022-09-06 08:00", 8, "2022-09-07 08:00", id="a day of hours"),
        pytest.param("one_stop", "2022-08-31 16:30", 1, "2022-09-05 08:00", id="holidays"),
        pytest.param("one_stop", "2022-09-10 09:00", 1, "2022-09-12 08:30", id="a Saturday"),
        pytest.param("office", "2026-07-01 13:00", 1, "2026-07-01 14:30", id="hours of summer"),
        pytest.param("office", "2026-11-02 13:00", 1, "2026-11-02 14:00", id="hours of winter"),
        pytest.param("one_stop", None, 1, None, id="never received"),
    ],
)
def test_terms_in_working_hours(calendar_db, compiled, regime, received_at, hours, ends_at) -> None:
    query = compiled(TERM.replace("REGIME", regime))
    [(found,)] = calendar_db.execute(query, {"received_at": received_at, "hours": hours}).fetchall()
    assert found == (ends_at and datetime.fromisoformat(ends_at))
