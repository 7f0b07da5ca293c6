"""The page of a run's expectations says what each found, and holds nothing that runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lxml import html

from pipelines.quality.page import FILE_NAME, write_page
from pipelines.quality.results import could_not_evaluate

RUN_AT = datetime(2022, 12, 31, 18, 0, tzinfo=UTC)


def result(suite, name, **found):
    return replace(could_not_evaluate(suite, name, ""), **found)


@pytest.fixture
def page(shipped, tmp_path):
    """The page of results on one suite: passed, failed, not evaluated."""

    def make(**failed):
        suite = shipped[0]
        good, bad, unknown = list(suite.expectations)[:3]
        results = [
            result(suite, good, outcome="passed", element_count=7, unexpected_count=0),
            result(suite, bad, outcome="failed", **failed),
            could_not_evaluate(suite, unknown, "no such column"),
        ]
        path = write_page(tmp_path, shipped, results, run_at=RUN_AT, as_of=date(2022, 12, 31))
        return suite, [good, bad, unknown], html.fromstring(path.read_text(encoding="utf-8"))

    return make


def test_each_rule_stands_with_its_outcome_counts_and_examples(page):
    suite, (good, bad, unknown), document = page(
        element_count=7,
        unexpected_count=2,
        sample_keys=({"case_id": "A-1"}, {"case_id": "A-2"}),
        message="2 of 7 rows fail.",
    )
    [table] = document.xpath("//table")
    rows = {row.xpath(".//summary")[0].text: row for row in table.xpath("./tbody/tr")}
    assert list(rows) == [suite.expectation_id(name) for name in (unknown, bad, good)]
    of_bad = [cell.text_content() for cell in rows[suite.expectation_id(bad)]]
    assert suite.expectations[bad].title_vi in of_bad[0]
    assert suite.expectations[bad].notes[:20] in of_bad[0]
    assert "2 of 7 rows fail." in of_bad[2]
    assert of_bad[3:5] == ["2", "7"]
    assert "A-1" in of_bad[5]
    assert "A-2" in of_bad[5]
    assert "no such column" in rows[suite.expectation_id(unknown)].text_content()
    assert "01/01/2023 01:00:00" in document.xpath("//header")[0].text_content()
    totals = [item.text for item in document.xpath("//header//li")]
    assert [total.rpartition(": ")[2] for total in totals] == ["1", "1", "1"]


def test_what_rows_hold_is_shown_as_text(page):
    _, _, document = page(
        unexpected_count=1, sample_keys=({"case_id": "<script>alert(1)</script>"},)
    )
    assert not document.xpath("//script | //*[@onclick] | //*[@src]")
    assert "<script>alert(1)</script>" in document.xpath("//main")[0].text_content()
    [policy] = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_a_table_that_was_not_asked_is_left_out(page, shipped):
    suite, _, document = page()
    assert document.xpath("//section/@id") == [suite.table]


def test_the_page_replaces_the_one_before(page, tmp_path):
    page()
    page()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
