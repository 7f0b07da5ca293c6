"""New extracts on an old warehouse: only they are read, and what they change is on record."""

from __future__ import annotations

from datetime import date

from tests.support.office import Finished, table_contents

FIGURE = """
    measure_id = '05b' and scope = 'qms' and basis = 'decided'
    and period_grain = 'quarter' and period_start = date '2022-01-01'
"""
COUNTS = f"select numerator, denominator from marts.scorecard where {FIGURE}"


def files_read(run: Finished) -> set[str]:
    return {line.split(": ")[1] for line in run.lines("ingest: ") if " rows, " in line}


def test_only_what_is_new_is_read(failed_night, third_night):
    assert files_read(failed_night.run) == {"licences/licences_2022-09-30.csv"}
    assert files_read(third_night.run) == {
        "permits/permits_2022-11-30.csv",
        "licences/licences_2022-08-31.csv",
        # Its contract has changed.
        "documents/van-ban-den_2022-06-30.xlsx",
        "documents/van-ban-den_2022-12-15.csv",
        "documents/van-ban-den_2022-12-31.xlsx",
    }
    sources = {name.partition("/")[0] for name in third_night.changed_in_raw}
    assert sources == {"permits", "licences", "documents"}
    # A night that fails leaves a note of what it has seen.
    noted = ".seen.json"
    sources = {name.partition("/")[0] for name in failed_night.changed_in_raw - {noted}}
    assert sources == {"licences"}
    assert noted in failed_night.changed_in_raw


def test_a_completion_entered_late_changes_the_closed_quarter(office, first_night, third_night):
    [(met, counted)] = office.query(COUNTS, edition=first_night.kept)
    assert office.query(COUNTS, edition=third_night.kept) == [(met + 1, counted)]


def test_the_change_is_a_restatement_with_the_case_that_made_it(office, first_night, third_night):
    [(met, counted)] = office.query(COUNTS, edition=first_night.kept)
    [(then,)] = office.query("select published_at from ops.publication", edition=first_night.kept)
    restated = office.query(
        f"""
        select previously_published_at, numerator_before, denominator_before, numerator_after,
            denominator_after
        from marts.restatements where {FIGURE} and unit_id is null
        """
    )
    assert restated == [(then, met, counted, met + 1, counted)]
    moved = office.query(
        f"""
        select case_id, treatment_before, treatment_after, column_name, value_before, value_after
        from marts.restatement_cases where {FIGURE} and unit_id is null
        """
    )
    assert moved == [("P-1", "failed", "met", "completed_on", None, "2022-03-07")]


def test_a_figure_that_did_not_change_is_not_restated(office, third_night):
    [(measures,)] = office.query(
        "select list(distinct measure_id order by measure_id) from marts.restatements"
    )
    assert "05b" in measures
    assert {"01", "02", "08", "09", "10"}.isdisjoint(measures)


def test_what_was_known_before_is_kept(office, first_night, third_night):
    rows = office.query(
        f"select published_at, numerator from marts.published_figures where {FIGURE} order by 1"
    )
    said = f"select published_at, numerator from marts.scorecard where {FIGURE}"
    assert rows == [
        *office.query(said, edition=first_night.kept),
        *office.query(said, edition=third_night.kept),
    ]
    assert office.editions() == [first_night.kept, third_night.kept]
    assert table_contents(third_night.kept) == table_contents(office.settings.published)


def test_rows_that_a_mended_contract_can_read_come_in(office, first_night, third_night):
    accounts = """
        select file_name, extract_id, rows_read, rows_rejected
        from marts.extract_log where source = 'documents' order by file_name
    """
    before = office.query(accounts, edition=first_night.kept)
    after = office.query(accounts, edition=third_night.kept)
    assert [row[:3] for row in before] == [row[:3] for row in after]
    assert (before[1][3], after[1][3]) == (1, 0)
    assert office.query("from marts.rejected_rows where source = 'documents'") == []
    came_in = "select status from marts.fct_documents where arrival_no = '9001'"
    assert office.query(came_in) == [("processing",)]


def test_an_older_extract_that_arrives_late_adds_history_and_takes_nothing_back(
    office, first_night, third_night
):
    state = """
        select due_at::date, completed_at::date, status
        from marts.fct_dossiers where case_id = 'L-1'
    """
    latest = (date(2022, 8, 31), date(2022, 8, 30), "result_ready")
    assert office.query(state, edition=first_night.kept) == [latest]
    assert office.query(state, edition=third_night.kept) == [latest]
    versions = office.query(
        """
        select valid_from_extract_on, valid_to_extract_on, status
        from marts.fct_dossier_versions where case_id = 'L-1' order by 1
        """
    )
    assert versions == [
        (date(2022, 9, 30), date(2022, 10, 31), "processing"),
        (date(2022, 10, 31), None, "result_ready"),
    ]


def test_the_deadline_that_an_older_extract_knew_is_the_one_that_counts(office, third_night):
    moves = office.query(
        """
        select changed_on::date, due_before::date, due_after::date, explanation
        from marts.deadline_changes where case_id = 'L-1'
        """
    )
    assert moves == [(date(2022, 10, 31), date(2022, 8, 25), date(2022, 8, 31), None)]


def test_new_bytes_at_the_same_path_supersede_the_old(office, first_night, third_night):
    name = "licences_2022-08-31.csv"
    log = "select status, sha256 from marts.extract_log where file_name = ? order by loaded_at"
    [(_, old)] = office.query(log, name, edition=first_night.kept)
    [superseded, loaded] = office.query(log, name, edition=third_night.kept)
    assert superseded == ("superseded", old)
    assert loaded[0] == "loaded"
    gone = "select case_id from marts.fct_dossiers where case_id in ('L-2', 'L-3')"
    assert office.query(gone, edition=first_night.kept) == [("L-2",)]
    assert office.query(gone, edition=third_night.kept) == [("L-3",)]
