"""Who is counted, and when: cases of cohort and time.

The month is March 2022 and its end the as-of date, unless a case says otherwise.
"""

from __future__ import annotations

import duckdb
import pytest

from tests.cases.conftest import Edition

EIGHT = (
    "03-01 03-08 03-07",
    "03-01 03-08 03-08",
    "03-01 03-08 03-09",
    "03-20 03-30 -",
    "03-28 04-05 -",
    "03-28 04-05 03-30",
    "02-10 02-25 03-02",
    "03-01 - 03-03",
)
"""Early, on the day, late, overdue, not yet due, early, late from before, without a deadline."""

MONTH_OF_BASES = {
    "decided": "3/6 (1)",
    "closed": "3/5 (1)",
    "due": "2/4 (1)",
    "first_decided": "3/5 (1)",
}


def tell(book):
    book.dossiers("T01", *EIGHT)
    book.dossiers("T03", "03-01 03-31 -", "03-01 03-30 -")
    book.dossiers("T04", "03-01 2022-03-31T08:03 2022-03-31T16:40")
    book.dossiers("T05", "01-04 01-20 03-10")
    book.dossiers("T06", "03-01 03-31 2022-03-31T17:30:00Z", on="04-01")
    book.dossiers(
        "T07",
        *["03-02 03-20 03-15"] * 6,
        *["03-20 04-20 -"] * 4,
        *["02-01 02-20 03-10"] * 5,
    )
    book.dossiers("T08", "2020-05-04 2020-05-20 2020-05-11")
    book.dossiers("T09", "2021-12-28 2022-01-05 -", on="2021-12-31")
    book.dossiers("T09", "2021-12-28 2022-01-05 2022-01-04", on="2022-01-31")


def tell_on(book):
    for unit in ("T02", "T10"):
        book.dossiers(unit, *EIGHT)
    book.dossiers("T03", "03-01 03-31 -")
    later = dict(enumerate(EIGHT))
    book.dossiers(
        "T02",
        *(later | {3: "03-20 03-30 04-04", 4: "03-28 04-05 04-05"}).values(),
        on="04-30",
    )
    book.dossiers("T10", *(later | {3: "03-20 03-30 03-29"}).values(), on="04-30")


@pytest.mark.parametrize(("basis", "expected"), MONTH_OF_BASES.items())
def test_t01_eight_dossiers_on_every_basis(march: Edition, basis, expected):
    assert march.share("T01", "05b", basis) == expected


def test_t01_intake_counts_what_is_not_yet_due_and_loses_what_came_before(march: Edition):
    # Received in March with a deadline: 1, 2, 6 in time, 5 within its term; 3 late, 4 overdue.
    assert march.share("T01", "05b", "intake") == "4/6 (1)"


def test_t01_bounds_and_treatments(march: Edition):
    row = march.figure("T01", "05b")
    assert (row["rate"], row["rate_low"], row["rate_high"]) == (3 / 6, 3 / 7, 4 / 7)
    assert (row["verdict"], row["is_conclusive"], row["undecided_count"]) == ("not_met", True, 1)
    assert row["failures_left"] == -3
    assert [march.treatment(f"T01-{n}") for n in range(1, 9)] == [
        "met",
        "met",
        "failed",
        "failed",
        "undecided",
        "met",
        "failed",
        "missing_deadline",
    ]
    assert "MISSING_DUE" in march.issues("T01-8")


def test_t02_march_stays_what_it_was_when_evaluated_in_april(april: Edition):
    assert april.share("T02", "05b") == "3/6 (1)"
    assert april.share("T02", "05b", start="04-01") == "1/2"
    assert april.share("T02", "05b", grain="half_year", start="01-01") == "4/7 (1)"


def test_t03_overdue_begins_the_day_after_the_deadline(march: Edition, april: Edition):
    assert march.treatment("T03-1") == "undecided"
    assert march.treatment("T03-2") == "failed"
    assert april.treatment("T03-1") == "undecided"
    assert april.treatment("T03-1", start="04-01") == "failed"


def test_t04_late_on_the_day_itself_is_in_time(march: Edition):
    assert march.share("T04", "05b") == "1/1"


def test_t05_case_overdue_for_months_counts_once_a_quarter(march: Edition):
    for start in ("01-01", "02-01", "03-01"):
        assert march.share("T05", "05b", start=start) == "0/1"
    assert march.share("T05", "05b", grain="quarter", start="01-01") == "0/1"


def test_t05_other_bases_charge_it_once(march: Edition):
    months = ("01-01", "02-01", "03-01")

    def by_month(basis):
        return [march.treatment("T05-1", basis=basis, start=start) for start in months]

    assert by_month("closed") == ["undecided", "undecided", "failed"]
    assert by_month("due") == ["failed", "undecided", None]
    assert by_month("first_decided") == ["failed", "undecided", None]
    assert by_month("intake") == ["failed", "undecided", None]


def test_t06_utc_evening_is_the_next_local_day(march: Edition):
    assert march.fact("fct_dossiers", "T06-1")["completed_on"].isoformat() == "2022-04-01"
    assert march.treatment("T06-1") == "undecided"


@pytest.mark.parametrize(
    ("basis", "expected"),
    {
        "decided": "6/11",
        "closed": "6/11",
        "due": "6/6",
        "first_decided": "6/6",
        "intake": "10/10",
    }.items(),
)
def test_t07_carried_over_lateness_vanishes_from_the_intake_cohort(march: Edition, basis, expected):
    assert march.share("T07", "05b", basis) == expected


def test_t08_no_rows_is_no_activity_and_neither_0_nor_100(march: Edition):
    row = march.figure(None, "05b", start="2020-07-01")
    assert (row["numerator"], row["denominator"]) == (0, 0)
    assert (row["verdict"], row["is_conclusive"]) == ("no_activity", True)
    shown = ("rate", "rate_low", "rate_high", "failures_left")
    assert [row[name] for name in shown] == [None] * 4


def test_t09_case_of_two_years_files_counts_once(march: Edition):
    assert march.treatment("T09-1", start="2021-12-01") == "undecided"
    assert march.share("T09", "05b", start="01-01") == "1/1"
    assert march.share("T09", "05b", grain="year", start="01-01") == "1/1"


def test_t10_back_entered_completion_restates_march(april: Edition):
    assert april.share("T10", "05b") == "4/6 (1)"
    assert "BACKDATED_CLOSE" in april.issues("T10-4")


def test_t10_what_was_published_stays_and_names_the_case(april: Edition, published_march):
    with duckdb.connect(str(published_march.settings.published), read_only=True) as con:
        known = con.execute(
            """
            select numerator, denominator from marts.published_figures
            where measure_id = '05b' and scope = 'qms' and basis = 'decided'
                and period_grain = 'month' and period_start = '2022-03-01'
                and as_of = '2022-04-01'
            """
        ).fetchall()
        total = con.execute(
            "select count(*) from marts.measure_cases where measure_id = '05b' and scope = 'qms' "
            "and basis = 'decided' and period_grain = 'month' and period_start = '2022-03-01' "
            "and is_counted and unit_id in ('T02', 'T10')"
        ).fetchone()
        restated = con.execute(
            """
            select numerator_before, denominator_before, numerator_after, denominator_after
            from marts.restatements
            where measure_id = '05b' and scope = 'qms' and basis = 'decided' and unit_id = 'T10'
                and period_grain = 'month' and period_start = '2022-03-01'
            """
        ).fetchall()
        cases = con.execute(
            """
            select case_id, treatment_before, treatment_after, column_name, value_before,
                value_after
            from marts.restatement_cases
            where measure_id = '05b' and scope = 'qms' and basis = 'decided' and unit_id = 'T10'
                and period_grain = 'month' and period_start = '2022-03-01'
            """
        ).fetchall()
    assert len(known) == 1
    assert total == (12,)
    assert restated == [(3, 6, 4, 6)]
    assert ("T10-4", "failed", "met", "completed_on", None, "2022-03-29") in cases
    assert {case for case, *_ in cases} == {"T10-4"}
