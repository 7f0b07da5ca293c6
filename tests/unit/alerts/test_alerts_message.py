"""What is told of a run: the right headline, every reason, and no value of a row."""

from __future__ import annotations

import pytest

from pipelines.alerts.message import NAMED, Run, of_error, of_outcome, of_text
from pipelines.errors import ConfigurationError, RunError
from pipelines.nightly import NIGHTLY, NOT_PUBLISHED, PUBLISHED, PUBLISHED_WITH_REJECTIONS, Outcome
from pipelines.problems import Problem
from pipelines.rejections import Rejection

REJECTED = Rejection("e", "dossiers/a.csv", "2 of 9 rows (see marts.rejected_rows)")
LEFT = "dossiers/b.csv changed while it was read; it is left for the next run."
LATE = "units: newest extract of 2022-01-01, 364 days before the as-of date, too old."


def test_of_a_clean_run_nothing_is_told(run):
    assert of_outcome(run, Outcome(PUBLISHED)) is None
    assert of_outcome(run, Outcome(PUBLISHED, nothing_new=True)) is None


@pytest.mark.parametrize(
    ("outcome", "headline", "sentence"),
    [
        (
            Outcome(NOT_PUBLISHED, problems=(Problem("a key stands twice"),)),
            "Nothing was published",
            "a key stands twice",
        ),
        (
            Outcome(PUBLISHED_WITH_REJECTIONS, rejections=[REJECTED]),
            "something was rejected",
            "dossiers/a.csv: 2 of 9 rows",
        ),
        (Outcome(PUBLISHED_WITH_REJECTIONS, unsettled=[LEFT]), "left for the next run", LEFT),
        (Outcome(PUBLISHED, stale=[LATE]), "sources are late", LATE),
    ],
)
def test_what_was_not_well_is_told_in_both_languages(run, outcome, headline, sentence):
    message = of_outcome(run, outcome)
    assert headline in message.subject
    assert " · " in message.subject
    assert "31/12/2022" in message.subject
    assert f"- {sentence}" in message.text
    assert f"ended with {outcome.status}" in message.text
    assert str(run.settings.data_dir) in message.text
    assert message.facts["status"] == outcome.status


def test_keys_of_cases_stay_on_the_machine(run):
    problem = Problem("key_once: 1 of 2 rows fail.", " For example HS-0361.")
    message = of_outcome(run, Outcome(NOT_PUBLISHED, problems=(problem,)))
    assert problem.sentence in message.text
    assert "HS-0361" not in f"{message.text}{message.facts}"


@pytest.mark.parametrize(
    ("error", "headline", "status"),
    [
        (ConfigurationError("a.yml: dataset: is missing."), "Could not start", 2),
        (RunError("somebody else holds the lock."), "Nothing was published", 1),
    ],
)
def test_a_run_that_ended_with_a_sentence_passes_it_on(run, error, headline, status):
    message = of_error(run, error)
    assert headline in message.subject
    assert f"- {error}" in message.text
    assert message.facts["status"] == status


def test_the_words_of_an_unexpected_fault_stay_on_the_machine():
    message = of_error(Run(NIGHTLY), ValueError("Nguyễn Văn A is no number"))
    assert "A fault of the program" in message.subject
    assert "ValueError" in message.text
    assert "Nguyễn" not in f"{message.subject}{message.text}{message.facts}"


def test_names_of_files_forge_no_lines_and_no_headers(run):
    hostile = Rejection("e", "x/a\nBcc: all@example.vn\x1b[2J", "refused")
    message = of_outcome(run, Outcome(PUBLISHED_WITH_REJECTIONS, rejections=[hostile]))
    assert "- x/a\\nBcc: all@example.vn\\x1b[2J: refused" in message.text.splitlines()
    assert "\n" not in of_text("two\nlines").subject


def test_a_long_list_is_cut_and_says_so(run):
    many = [Rejection(str(place), f"x/{place:03}.csv", "refused") for place in range(NAMED + 7)]
    message = of_outcome(run, Outcome(PUBLISHED_WITH_REJECTIONS, rejections=many))
    assert message.text.count("refused") == NAMED
    assert "7 more" in message.text
