"""Every code that people meet in the marts has its words in both languages."""

from __future__ import annotations

import csv

import pytest

from pipelines.settings import PROJECT_DIR

SEED = PROJECT_DIR / "dbt_project" / "seeds" / "labels.csv"
CODES = {
    "reason": "select distinct reason from marts.measure_cases",
    "treatment": "select distinct treatment from marts.measure_cases where treatment is not null",
    "basis": "select distinct basis from marts.scorecard",
    "scope": "select distinct scope from marts.scorecard",
    "verdict": "select distinct verdict from marts.scorecard",
    "explanation": """
        select distinct coalesce(explanation, 'unexplained') from marts.deadline_changes
    """,
}


@pytest.fixture(scope="module")
def labels():
    with SEED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("attribute", CODES)
def test_every_published_code_has_a_label(published_samples, attribute):
    published = {code for (code,) in published_samples.office.query(CODES[attribute])}
    known = published_samples.office.query(
        "select code from seeds.labels where attribute = ?", attribute
    )
    assert published
    assert published <= {code for (code,) in known}


def test_labels_are_complete_and_say_each_thing_once(labels):
    keys = [(row["attribute"], row["code"]) for row in labels]
    assert len(keys) == len(set(keys))
    assert all(row["name_vi"].strip() and row["name_en"].strip() for row in labels)
