"""Targets and verdicts on the edge of them, by integers and never by rounded rates."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Edition

IN_TIME, LATE, NO_DEADLINE = "03-01 03-10 03-09", "03-01 03-10 03-11", "03-01 - 03-09"


def tell(book):
    book.dossiers("T11-50", *[IN_TIME] * 49, LATE)
    book.dossiers("T11-49", *[IN_TIME] * 48, LATE)
    book.directives("T13", *[IN_TIME] * 9, "03-01 03-10 -")
    for unit, online in (("T14-600", 600), ("T14-601", 601)):
        book.dossiers(unit, *[IN_TIME] * online, channel="online", service_level="level_3")
        paper = [IN_TIME] * (1000 - online)
        book.dossiers(unit, *paper, first=online + 1, channel="counter", service_level="level_3")
    book.dossiers("T15", *[IN_TIME] * 999, process_conforming=True)
    book.dossiers("T15", IN_TIME, first=1000, process_conforming=False)
    book.dossiers("T18", *[IN_TIME] * 2842, *[LATE] * 245, *[NO_DEADLINE] * 119)


@pytest.mark.parametrize(
    ("unit", "share", "verdict", "failures_left"),
    [("T11-50", "49/50", "met", 0), ("T11-49", "48/49", "not_met", -1)],
)
def test_t11_98_percent_is_met_and_97_96_is_not(
    march: Edition, unit, share, verdict, failures_left
):
    assert march.share(unit, "05b") == share
    row = march.figure(unit, "05b")
    assert (row["verdict"], row["failures_left"]) == (verdict, failures_left)


def test_t13_nine_of_ten_fails_above_90_and_meets_at_least_90(march: Edition):
    completion, on_time = march.figure("T13", "03b"), march.figure("T13", "04b")
    assert (completion["numerator"], completion["denominator"]) == (9, 10)
    assert (completion["comparator"], completion["verdict"]) == ("gt", "not_met")
    assert (on_time["numerator"], on_time["denominator"]) == (9, 10)
    assert (on_time["comparator"], on_time["verdict"]) == ("ge", "met")
    assert (completion["failures_left"], on_time["failures_left"]) == (-1, 0)


@pytest.mark.parametrize(("unit", "verdict"), [("T14-600", "not_met"), ("T14-601", "met")])
def test_t14_above_60_percent_begins_after_600_of_1000(march: Edition, unit, verdict):
    assert march.share(unit, "07b", "finished") == f"{unit[-3:]}/1000"
    assert march.figure(unit, "07b", "finished")["verdict"] == verdict


def test_t15_all_but_one_of_a_thousand_is_not_all(march: Edition):
    row = march.figure("T15", "05a", "default")
    assert (row["numerator"], row["denominator"], row["verdict"]) == (999, 1000, "not_met")
    assert (row["rate"], row["failures_left"]) == (0.999, -1)


def test_t18_missing_deadlines_cannot_save_a_clear_failure(march: Edition):
    row = march.figure("T18", "05b")
    shown = [round(100 * row[name], 2) for name in ("rate_low", "rate", "rate_high")]
    assert shown == [88.65, 92.06, 92.36]
    assert (row["verdict"], row["is_conclusive"]) == ("not_met", True)
