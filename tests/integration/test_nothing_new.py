"""A second run right after the first: nothing changes but the stamp, and it is said, and fast."""

from __future__ import annotations

import pytest

from tests.support.office import table_contents

STAMP = "ops.publication"
HEAVY = ("dagster", "dbt", "great_expectations")


@pytest.fixture(scope="module")
def twice(published_samples, tmp_path_factory):
    """A copy of the samples' office, before and after one more run."""
    office = published_samples.office.copy(tmp_path_factory.mktemp("twice") / "data")
    before = look(office)
    run = office.run("nightly", flags=("-X", "importtime"))
    return before, run, look(office)


def look(office):
    return {
        "published": table_contents(office.settings.published),
        "build": table_contents(office.settings.build),
        "stamp": office.query("select published_at, as_of, run_id from ops.publication"),
        "editions": office.editions(),
        "raw": office.files("raw"),
        "history": office.query("select count(*), max(published_at) from marts.published_figures"),
        "scorecard": office.query("select distinct published_at from marts.scorecard"),
    }


def test_it_says_that_nothing_is_new(twice):
    _, run, _ = twice
    assert run.status == 0
    assert run.lines("Nothing new")
    assert run.lines("ingest") == run.lines("rejected") == []


def test_no_table_changes_but_the_stamp(twice):
    before, _, after = twice
    for file in ("published", "build"):
        assert STAMP in before[file]
        changed = {name for name, _ in before[file].items() ^ after[file].items()}
        assert changed == {STAMP}, file


def test_no_snapshot_is_kept_and_no_figure_remembered_again(twice):
    before, _, after = twice
    for what in ("editions", "history", "raw"):
        assert before[what] == after[what], what


def test_the_stamp_moves_and_names_the_run_of_the_figures(twice):
    before, _, after = twice
    [(stamp_before, as_of, run_id)] = before["stamp"]
    [(stamp_after, *same)] = after["stamp"]
    assert stamp_after > stamp_before
    assert same == [as_of, run_id]
    assert after["scorecard"] == [(stamp_after,)]


def test_neither_dagster_nor_dbt_nor_great_expectations_is_touched(twice):
    _, run, _ = twice
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in run.errors.splitlines()
        if line.startswith("import time:")
    }
    assert "pipelines" in imported
    assert imported.isdisjoint(HEAVY)
