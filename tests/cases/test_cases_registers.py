"""Directives, work programme, regulations, unit reports."""

from __future__ import annotations

from tests.cases.conftest import Edition

IN_TIME = "2020-01-10 2020-03-10 2020-03-09"


def tell(book):
    book.directives(
        "T47",
        *[IN_TIME] * 99,
        "2020-01-10 2020-03-10 2020-03-20",
        *["2020-05-01 2020-09-30 -"] * 47,
        *["2020-01-10 2020-06-01 -"] * 2,
        on="2020-06-12",
    )
    book.directives("T48", "03-01 - 03-10")
    for unit, approved in (("T49", "03-10"), ("T49-late", "03-18")):
        extension = {"extension_approved_at": approved, "extended_due_at": "03-30"}
        book.directives(unit, "03-01 03-15 -", on="03-12")
        book.directives(unit, "03-01 03-15 03-28", **extension)
    tell_tasks(book)
    tell_reports(book)
    tell_regulations(book)


def tell_tasks(book):
    book.unit("T51")
    task = {
        "programme_year": 2022,
        "unit_id": "T51",
        "added_at": "2022-01-05",
        "due_at": "2022-06-30",
        "last_tracked_at": "2022-03-15",
    }
    rows = [task | {"task_id": f"T51-{number}"} for number in range(1, 41)]
    rows[0] |= {"last_tracked_at": None}
    rows[1] |= {"due_at": "2022-03-20"}
    rows[2] |= {"due_at": "2022-03-20", "last_urged_at": "2022-03-18"}
    book.add("programme_tasks", rows)


def tell_reports(book):
    for unit in range(1, 9):
        book.unit(f"T52-{unit}", parent_unit_id="VP")
        for month in range(1, 13):
            due = f"2021-{month:02d}-20"
            submitted = f"2021-{month:02d}-{25 if (unit, month) == (3, 5) else 19}"
            row = {"unit_id": f"T52-{unit}", "product": "Báo cáo tháng", "period": f"2021-{month}"}
            row |= {"due_at": due, "submitted_at": submitted, "submitted_online": True}
            book.add("unit_reports", [row | {"accepted": True}])


def tell_regulations(book):
    outcomes = ["kept"] * 23 + ["repealed", "amending"]
    book.add(
        "regulations",
        [
            {
                "regulation_id": f"T54-{number}",
                "issued_at": "2019-05-01",
                "reviewed_at": "2022-03-01",
                "outcome": outcome,
            }
            for number, outcome in enumerate(outcomes, start=1)
        ],
    )


def test_t47_directives_not_yet_due_are_not_in_the_denominator(march: Edition):
    half_year = {"grain": "half_year", "start": "2020-01-01"}
    assert march.share("T47", "03b", **half_year) == "100/102"
    assert march.share("T47", "04b", **half_year) == "99/102"
    row = march.figure("T47", "03b", **half_year)
    assert (row["verdict"], row["undecided_count"]) == ("met", 47)


def test_t48_directive_without_a_deadline_is_listed_not_counted(march: Edition):
    assert march.share("T48", "03b") == "0/0 (1)"
    assert march.share("T48", "04b") == "0/0 (1)"
    assert march.share("T48", "03a", "default") == "0/0"
    assert march.treatment("T48-1|T48", "03a", "default") == "excluded"
    assert "MISSING_DUE" in march.issues("T48-1|T48")


def test_t49_extension_counts_if_approved_by_the_deadline(march: Edition):
    assert march.share("T49", "04b") == "1/1"
    assert march.share("T49-late", "04b") == "0/1"
    assert march.share("T49-late", "03b") == "1/1"
    explained = march.ask(
        "select case_id, explanation from marts.deadline_changes "
        "where dataset = 'directives' and unit_id in ('T49', 'T49-late') order by all"
    )
    assert explained == [("T49-1|T49", "extension"), ("T49-late-1|T49-late", None)]


def test_t51_task_untracked_or_overdue_and_not_urged_fails(march: Edition):
    assert march.share("T51", "02", "default") == "38/40"
    assert march.figure("T51", "02", "default")["verdict"] == "not_met"
    treatments = [march.treatment(f"T51-{n}", "02", "default") for n in (1, 2, 3, 4)]
    assert treatments == ["failed", "failed", "met", "met"]


def test_t52_one_late_report_fails_its_unit(march: Edition):
    row = march.figure(None, "09", "default", "year", "2021-01-01")
    assert (row["numerator"], row["denominator"], row["verdict"]) == (7, 8, "not_met")
    assert march.treatment("T52-3", "09", "default", "year", "2021-01-01") == "failed"
    assert march.share(None, "09", "default", start="2021-05-01") == "7/8"
    assert march.share(None, "09", "default", start="2021-06-01") == "8/8"


def test_t54_regulation_still_being_amended_is_not_reviewed(march: Edition):
    row = march.figure(None, "08", "default", "year", "01-01")
    assert (row["numerator"], row["denominator"], row["verdict"]) == (24, 25, "not_met")
    assert march.treatment("T54-25", "08", "default", "year", "01-01") == "failed"
