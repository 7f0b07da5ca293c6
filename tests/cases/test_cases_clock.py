"""What stops the clock, moves a deadline or ends a case."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Edition

EARLY, MIDDLE = "03-12", "03-20"


def tell(book):
    asked = {"supplement_requested_at": "03-10"}
    book.dossiers("T19", "03-01 03-15 - paused_supplement", **asked)
    late_request = {"supplement_requested_at": "03-16"}
    book.dossiers("T19-late", "03-01 03-15 - paused_supplement", **late_request)

    book.dossiers("T20", "03-01 03-15 - paused_supplement", on=EARLY, **asked)
    answered = asked | {"supplement_received_at": "03-20"}
    book.dossiers("T20", "03-01 03-25 03-24", **answered)

    apology = {"apology_sent_at": "03-14", "apology_due_at": "03-25"}
    book.dossiers("T22", "03-01 03-15 03-24", **apology)

    for unit in ("T23", "T23-corrected"):
        book.dossiers(unit, "03-01 03-15 -", on=EARLY)
        book.dossiers(unit, "03-01 03-30 03-29")
    correction = {"dataset": "dossiers", "case_id": "T23-corrected-1", "due_at": "2022-03-30"}
    book.add("deadline_corrections", [correction | {"document_no": "12/UBND"}])

    book.dossiers("T25", "03-01 03-15 03-14", on="04-30", returned_at="04-02")
    book.dossiers("T26", "03-01 03-15 -  delivered", returned_at="03-14")
    book.dossiers("T26-none", "03-01 03-15 - delivered", on=MIDDLE)
    book.dossiers("T26-none", "03-01 03-15 - delivered")
    book.dossiers("T27", "03-01 03-15 03-10 withdrawn", "03-01 03-15 03-20 withdrawn")
    book.dossiers("T28", "03-01 03-15 - refused_intake", "03-01 03-15 03-12 refused")
    book.dossiers("T30", "03-02 03-15 03-01", "03-01 03-15 04-01", "03-01 03-15 03-14")
    tell_hours(book)


def tell_hours(book):
    procedure = {"procedure_id": "9.000035", "procedure_name": "T35", "processing_days": 1}
    book.add("procedures", [procedure | {"processing_unit": "working_hour"}])
    book.dossiers(
        "T35",
        "2022-09-06T17:10 2022-09-07T08:30 -",
        "2022-09-06T07:40 2022-09-06T08:40 -",
        "2022-09-06T07:40 2022-09-08T08:40 -",
        on="09-30",
        procedure_id="9.000035",
    )


def test_t19_waiting_for_a_supplement_stops_the_clock(march: Edition):
    assert march.treatment("T19-1") == "suspended"
    row = march.figure("T19", "05b")
    assert (row["denominator"], row["suspended_count"], row["verdict"]) == (0, 1, "no_activity")
    assert march.treatment("T19-1", basis="intake") == "met"


def test_t19_pause_after_the_deadline_cures_nothing(march: Edition):
    assert march.share("T19-late", "05b") == "0/1"
    assert "PAUSE_AFTER_DUE" in march.issues("T19-late-1")


def test_t20_answered_supplement_explains_the_later_deadline(march: Edition):
    assert march.share("T20", "05b") == "1/1"
    assert march.fact("fct_dossiers", "T20-1")["effective_due_on"].isoformat() == "2022-03-25"
    assert moves(march, "T20-1") == [("2022-03-31", "2022-03-15", "2022-03-25", "pause")]
    assert "DUE_MOVED_UNEXPLAINED" not in march.issues("T20-1")


def test_t22_apology_moves_no_deadline(march: Edition):
    assert march.share("T22", "05b") == "0/1"
    assert moves(march, "T22-1") == []
    # Sent in time, it keeps the late dossier within the procedure.
    assert march.share("T22", "05a", "default") == "1/1"


def test_t23_unexplained_move_is_judged_by_the_earlier_date(march: Edition):
    assert march.share("T23", "05b") == "0/1"
    assert moves(march, "T23-1") == [("2022-03-31", "2022-03-15", "2022-03-30", None)]
    assert "DUE_MOVED_UNEXPLAINED" in march.issues("T23-1")


def test_t23_reviewed_correction_overrides_it(march: Edition):
    assert march.share("T23-corrected", "05b") == "1/1"
    assert ("2022-03-15", "2022-03-30", "correction") in [
        move[1:] for move in moves(march, "T23-corrected-1")
    ]


def test_t25_collecting_late_does_not_make_the_agency_late(march: Edition):
    assert march.share("T25", "05b") == "1/1"


def test_t26_return_date_stands_in_for_the_completion(march: Edition):
    assert march.share("T26", "05b") == "1/1"
    assert "CLOSE_FALLBACK" in march.issues("T26-1")


@pytest.mark.parametrize("basis", ["decided", "closed", "due", "first_decided", "intake"])
def test_t26_finished_without_any_date_enters_the_bounds_only(march: Edition, basis):
    assert march.share("T26-none", "05b", basis) == "0/0 (1)"
    row = march.figure("T26-none", "05b", basis)
    assert (row["missing_completion_count"], row["is_conclusive"]) == (1, False)
    assert (row["rate"], row["rate_low"], row["rate_high"]) == (None, 0, 1)
    assert "MISSING_CLOSE" in march.issues("T26-none-1")


def test_t27_withdrawal_in_time_leaves_and_after_the_deadline_is_late(march: Edition):
    assert march.share("T27", "05b") == "0/1"
    assert (march.treatment("T27-1"), march.treatment("T27-2")) == ("excluded", "failed")
    assert "WITHDRAWN_AFTER_DUE" in march.issues("T27-2")
    assert "WITHDRAWN_AFTER_DUE" not in march.issues("T27-1")


def test_t28_refusal_at_intake_leaves_and_a_later_one_is_a_result(march: Edition):
    assert march.share("T28", "05b") == "1/1"
    assert (march.treatment("T28-1"), march.treatment("T28-2")) == ("excluded", "met")


def test_t30_impossible_dates_are_quarantined_with_their_reason(march: Edition):
    lines = march.ask(
        "select case_id, column_name, raw_value from marts.data_quality_issues "
        "where case_id like 'T30-%' and severity = 'error' order by all"
    )
    assert lines == [
        ("T30-1", "completed_at", "2022-03-01"),
        ("T30-2", "completed_at", "2022-04-01"),
    ]
    assert march.issues("T30-1") == {"CLOSE_BEFORE_RECEIVE"}
    assert march.issues("T30-2") == {"FUTURE_CLOSE"}
    assert march.share("T30", "05b") == "1/1"


@pytest.mark.parametrize(("number", "is_flagged"), [(1, False), (2, False), (3, True)])
def test_t35_terms_in_hours_are_audited_to_the_day(march: Edition, number, is_flagged):
    # Counting hours is for audits alone, and those allow a working day of difference.
    assert ("DUE_RECALC_DIFF" in march.issues(f"T35-{number}")) == is_flagged


def moves(edition: Edition, case_id: str) -> list[tuple]:
    return edition.ask(
        "select changed_on::varchar, due_before::date::varchar, due_after::date::varchar, "
        "explanation from marts.deadline_changes where case_id = ? order by all",
        [case_id],
    )
