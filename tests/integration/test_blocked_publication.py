"""Counts that do not add up stop a publication, and only that."""

from __future__ import annotations

import dagster as dg
from lxml import html

from pipelines.defs.instance import open_instance


def test_nothing_is_published(first_night, failed_night):
    assert failed_night.run.status == 1, failed_night.run
    assert failed_night.edition is None
    assert failed_night.published == first_night.published


def test_the_check_that_failed_is_named_with_its_count(failed_night):
    [problem, nothing] = [
        *failed_night.run.lines("not published: "),
        *failed_night.run.lines("Nothing was published"),
    ]
    assert "extract_log_rows_add_up" in problem
    assert "1 of " in problem
    assert "permits_2022-10-31.csv" in problem
    assert "is as it was" in nothing


def test_the_page_of_expectations_shows_it_though_nothing_was_published(failed_night):
    page = html.fromstring(failed_night.expectations)
    [row] = page.xpath("//tr[.//summary[text()='extract_log_rows_add_up']]")
    assert row.xpath("./td[@class='failed']")
    assert "permits_2022-10-31.csv" in row.text_content()


def test_the_failure_is_in_the_history(office, third_night):
    with open_instance(office.settings) as instance:
        runs = instance.get_runs()
    assert [(run.job_name, run.status) for run in reversed(runs)] == [
        ("nightly", dg.DagsterRunStatus.SUCCESS),
        ("nightly", dg.DagsterRunStatus.FAILURE),
        ("nightly", dg.DagsterRunStatus.SUCCESS),
    ]


def test_once_it_is_mended_the_next_run_publishes_what_had_arrived(office, third_night):
    assert third_night.edition is not None
    arrived = "select status from marts.extract_log where file_name = 'licences_2022-09-30.csv'"
    assert office.query(arrived) == [("loaded",)]


def test_rows_quarantined_in_the_night_that_failed_are_told_when_they_are_published(
    failed_night, third_night
):
    told = ["rejected: licences/licences_2022-09-30.csv: 1 of 2 rows (see marts.rejected_rows)"]
    assert failed_night.run.lines("rejected: ") == told
    assert third_night.run.lines("rejected: ") == told
    assert third_night.run.status == 3, third_night.run
