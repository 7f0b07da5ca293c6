"""The worked queries of the README, run as they stand there."""

from __future__ import annotations

import re

import pytest

from pipelines.settings import PROJECT_DIR

README = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
SECTION = README.split("### Worked queries")[1].split("\n### ")[0]
QUERIES = {
    query.splitlines()[0].removeprefix("-- "): query
    for query in re.findall(r"```sql\n(.*?)```", SECTION, re.DOTALL)
}
EMPTY_ON_SAMPLES = {
    "What the newest edition says differently of closed periods than the one before it"
}


def ask(published_samples, beginning):
    [query] = [query for question, query in QUERIES.items() if question.startswith(beginning)]
    return published_samples.office.query(query)


def test_there_are_queries_and_each_says_what_it_answers():
    assert len(QUERIES) >= 10
    assert QUERIES.keys() >= EMPTY_ON_SAMPLES
    assert all(query.startswith("-- ") for query in QUERIES.values())


@pytest.mark.parametrize("question", QUERIES)
def test_each_query_has_an_answer(published_samples, question):
    rows = published_samples.office.query(QUERIES[question])
    assert bool(rows) == (question not in EMPTY_ON_SAMPLES)


def test_what_did_not_make_it_explains_the_figure(published_samples):
    rows = ask(published_samples, "Why 97.93%")
    [(failed, missing)] = published_samples.office.query(
        """
        select
            denominator - numerator, missing_deadline_count + missing_completion_count
        from marts.scorecard
        where measure_id = '05b' and is_headline and period_grain = 'year'
            and period_start = '2022-01-01'
        """
    )
    treatments = [row[2] for row in rows]
    assert treatments.count("failed") == failed
    assert len(treatments) == failed + missing


def test_the_failures_of_units_add_up_to_those_of_all(published_samples):
    of_units = sum(row[1] for row in ask(published_samples, "Who pulls"))
    of_cases = [row for row in ask(published_samples, "Why 97.93%") if row[2] == "failed"]
    assert of_units == len(of_cases)


def test_the_failures_of_procedures_add_up_to_those_of_the_province(published_samples):
    [(failed,)] = published_samples.office.query(
        """
        select denominator - numerator from marts.scorecard
        where measure_id = '05b' and scope = 'province' and basis = 'decided'
            and period_grain = 'year' and period_start = '2022-01-01'
        """
    )
    assert sum(row[1] for row in ask(published_samples, "Which procedures")) == failed


def test_overdue_items_are_those_whose_deadline_has_passed(published_samples):
    [(passed,)] = published_samples.office.query(
        "select count(*) from marts.follow_up where due_on < date '2022-12-31'"
    )
    assert sum(row[1] for row in ask(published_samples, "What is overdue")) == passed


def test_unexplained_moves_are_later_ones(published_samples):
    assert all(after > before for *_, before, after in ask(published_samples, "Deadlines that"))


def test_the_extracts_are_the_files_that_were_delivered(published_samples):
    landing = published_samples.office.settings.landing
    for source, name, *_ in ask(published_samples, "Which extracts"):
        assert (landing / source / name).exists()
