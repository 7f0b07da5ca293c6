"""The receipt of a figure."""

from __future__ import annotations

import io

import pytest
from rich.console import RenderableType

from pipelines.errors import ConfigurationError
from pipelines.reports.edition import published_edition
from pipelines.reports.figures import find_figure
from pipelines.reports.periods import parse_period
from pipelines.reports.receipt import SHOWN, receipt
from pipelines.reports.receipt_text import render
from pipelines.reports.terminal import console

QUARTER = parse_period("2022-Q1")


def printed(what: RenderableType) -> str:
    stream = io.StringIO()
    console(stream).print(what)
    return stream.getvalue()


@pytest.fixture
def edition(published):
    with published_edition(published) as found:
        yield found


def test_counts_add_up_and_what_was_not_met_is_listed(edition):
    found = receipt(edition, find_figure(edition, "05b", QUARTER))
    text = printed(render(edition, found, QUARTER))
    counts = {row["treatment"]: row["cases"] for row in found.counts}
    assert counts == {"met": 97, "failed": 3, "missing_deadline": 23}
    listed = [case["case_id"] for case in found.cases]
    assert listed[:3] == ["TRE-0", "TRE-1", "TRE-2"]
    assert len(listed) == 3 + SHOWN
    for expected in (
        "và 98% đảm bảo thời gian quy định",
        "decided: Đã ngã ngũ · Decided",
        "97/100 = 97,00%",
        "94,17% … 97,08%",
        "97 đạt · met + 3 không đạt · failed = 100",
        "123  Tổng thuộc kỳ",
        "Xong sau hạn · Completed late",
        "3 more, shown by --all",
    ):
        assert expected in text
    assert "HS-000" not in text


def test_deadlines_that_moved_are_shown_with_what_explains_them(edition):
    found = receipt(edition, find_figure(edition, "05b", QUARTER))
    assert [move["case_id"] for move in found.moves] == ["HS-001", "TRE-0"]
    lines = printed(render(edition, found, QUARTER)).splitlines()
    [unexplained] = [line for line in lines if "Không có căn cứ · Unexplained" in line]
    assert unexplained.split()[:4] == ["TRE-0", "31/03/2022", "08/03/2022", "10/03/2022"]


def test_all_cases_are_listed_when_asked_for(edition):
    found = receipt(edition, find_figure(edition, "05b", QUARTER), shown=None)
    assert len(found.cases) == 3 + 23
    assert "--all" not in printed(render(edition, found, QUARTER))


def test_another_basis_has_cases_of_its_own(edition):
    closed = find_figure(edition, "05b", QUARTER, basis="closed")
    assert closed.counts == "1/1"
    found = receipt(edition, closed)
    assert {row["treatment"]: row["cases"] for row in found.counts} == {"met": 1}


def test_what_lies_outside_the_system_is_added_to_the_denominator(edition):
    text = printed(render(edition, receipt(edition, find_figure(edition, "7a", QUARTER)), QUARTER))
    assert "0 đạt · met + 0 không đạt · failed + 5 ngoài hệ thống" in text


def test_only_one_units_cases(edition):
    figure = find_figure(edition, "05b", QUARTER, unit="so-tnmt")
    found = receipt(edition, figure, unit="so-tnmt")
    assert {row["treatment"]: row["cases"] for row in found.counts} == {"met": 97}


@pytest.mark.parametrize("measure", ["5b", "05B", " 05b "])
def test_a_measure_may_be_written_short(edition, measure):
    assert find_figure(edition, measure, QUARTER).measure_id == "05b"


@pytest.mark.parametrize(
    ("measure", "choice", "named"),
    [
        ("11", {}, "05b, 06, 07a, 07b, 09, 10"),
        ("05b", {"basis": "due"}, "qms decided, qms closed, province decided"),
        ("05b", {"scope": "moon"}, "not published as moon decided"),
    ],
)
def test_what_is_not_published_names_what_is(edition, measure, choice, named):
    with pytest.raises(ConfigurationError, match=named):
        find_figure(edition, measure, QUARTER, **choice)
