"""Incoming documents, and dossiers by the way they came in."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Edition

IN_TIME, LATE = "03-01 03-10 03-09", "03-01 03-10 03-11"


def tell(book):
    tell_documents(book)
    tell_channels(book)
    book.dossiers("T45", *[IN_TIME] * 1000, handled_electronically=True)


def tell_on(book):
    book.dossiers("T45", *[IN_TIME] * 1000, handled_electronically=True)
    book.unit("T45-paper", in_qms_scope=True)
    outside = {"unit_id": "T45-paper", "month": "2022-03", "dossiers_outside": 40}
    book.add("dossiers_outside_system", [outside])


def tell_documents(book):
    book.documents("T37", *[IN_TIME] * 70, *[LATE] * 6)
    book.documents("T37", *["03-01 03-10 -"] * 3, "03-25 04-10 -", first=77)
    book.documents("T37", *["03-01 04-10 03-09"] * 10, first=81, storage="reference")
    book.documents("T37", *["03-01 03-10 -"] * 2, first=91, storage="reference", on="03-15")
    book.documents("T37", *["03-01 03-10 03-20"] * 2, first=91, storage="reference")
    book.documents("T37", *["03-01 - -"] * 3, first=93, storage="no_action")
    book.documents("T37", *["03-01 - 03-10"] * 5, first=96)

    book.documents("T39", "03-01 03-12 03-10", unit_id="T39")
    book.documents("T39", "03-01 03-12 03-14", unit_id="T39-other")
    book.unit("T39-other")

    book.documents("T41", IN_TIME, register_year=2021, register_book="A", arrival_no="125")
    for register in ("A", "B"):
        book.documents("T41", IN_TIME, register_book=register, arrival_no="125")


def tell_channels(book):
    online, paper = {"channel": "online"}, {"channel": "counter"}
    book.dossiers("T42", *[IN_TIME] * 620, service_level="level_4", **online)
    book.dossiers("T42", *[IN_TIME] * 30, first=621, service_level="level_2", **online)
    book.dossiers("T42", *[IN_TIME] * 200, first=651, service_level="level_3", **paper)
    book.dossiers("T42", *[IN_TIME] * 150, first=851, service_level="level_2", **paper)
    label = {"channel": "Trực tuyến", "service_level": "Một phần"}
    book.dossiers("T43", "03-10 03-25 03-20", **label)
    procedure = {"procedure_id": "1.004300", "procedure_name": "T43"}
    old = procedure | {"valid_to": "2022-03-14", "service_level": "level_3"}
    new = procedure | {"valid_from": "2022-03-15", "service_level": "level_2"}
    book.add("procedures", [old, new])
    by_procedure = {"channel": "online", "procedure_id": "1.004300", "submitted_at": "03-10"}
    book.dossiers("T43-submission", "03-16 03-30 03-20", **by_procedure)


def test_t37_reference_only_documents_are_left_out(march: Edition):
    row = march.figure("T37", "06")
    assert (row["numerator"], row["denominator"], row["missing_deadline_count"]) == (70, 79, 5)
    assert (row["undecided_count"], row["excluded_count"]) == (1, 15)
    shown = [round(100 * row[name], 2) for name in ("rate_low", "rate", "rate_high")]
    assert shown == [83.33, 88.61, 89.29]
    assert (row["verdict"], row["is_conclusive"]) == ("met", True)
    flagged = march.ask(
        "select case_id from marts.data_quality_issues "
        "where issue_code = 'REF_AFTER_DUE' and case_id like '2022|T37|%' order by all"
    )
    assert flagged == [("2022|T37|91|VP",), ("2022|T37|92|VP",)]


def test_t39_last_of_several_leads_decides(march: Edition):
    case = "2022|T39|1|VP"
    assert march.treatment(case, "06") == "failed"
    # The unit that finished last answers for it.
    assert march.share("T39-other", "06") == "0/1"


def test_t41_same_number_in_another_year_or_book_is_another_document(march: Edition):
    assert march.share("T41", "06") == "3/3"


@pytest.mark.parametrize(
    ("basis", "share"),
    [
        ("finished", "620/1000"),
        ("online_capable", "620/820"),
        ("any_channel", "820/1000"),
        ("received", "620/1000"),
    ],
)
def test_t42_online_share_depends_on_who_is_counted(march: Edition, basis, share):
    assert march.share("T42", "07b", basis) == share
    assert march.figure("T42", "07b", basis)["verdict"] == "met"


def test_t42_online_dossiers_of_level_2_are_flagged(march: Edition):
    flagged = march.ask(
        "select count(*) from marts.data_quality_issues "
        "where issue_code = 'LEVEL2_ONLINE' and unit_id = 'T42'"
    )
    assert flagged == [(30,)]


def test_t43_new_name_of_level_3_counts_and_the_level_is_that_on_submission(march: Edition):
    assert march.share("T43", "07b", "finished") == "1/1"
    assert march.share("T43-submission", "07b", "finished") == "1/1"


def test_t45_system_alone_cannot_prove_what_lies_outside_it(march: Edition):
    row = march.figure("T45", "07a", "default")
    assert (row["numerator"], row["denominator"]) == (1000, 1000)
    assert (row["verdict"], row["rate"], row["is_conclusive"]) == (
        "insufficient_evidence",
        None,
        False,
    )
    assert march.figure(None, "07a", "default")["verdict"] == "insufficient_evidence"


def test_t45_control_totals_make_it_a_rate(april: Edition):
    row = april.figure(None, "07a", "default")
    finished = row["numerator"]
    assert finished >= 1000
    assert (row["denominator"], row["verdict"]) == (finished + 40, "not_met")
