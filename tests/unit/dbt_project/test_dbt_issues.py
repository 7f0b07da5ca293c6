"""Every finding of the catalogue is raised by a case of its own, and clean cases raise none."""

from __future__ import annotations

import csv

import duckdb
import pytest

from pipelines.settings import PROJECT_DIR

from .cases import FINDINGS, QUARANTINED

INGEST_CODES = {
    "CLOSE_BEFORE_RECEIVE",
    "DUP_KEY",
    "FUTURE_CLOSE",
    "FUTURE_RECEIVE",
    "MISSING_REQUIRED",
    "SENTINEL_DUE",
    "UNMAPPED_STATUS",
    "UNMAPPED_VALUE",
    "UNREADABLE_REQUIRED",
    "UNREADABLE_VALUE",
}
"""Found while a file is read."""

FILE_CODES = {"DAY_MONTH_SWAP", "TOTALS_MISMATCH"}
"""Reject a file, or are found in it as a whole."""

INVARIANTS = {"PARTITION_ADDS_UP", "RATE_BOUNDS"}
"""Stop the publication instead of being listed in it."""

WITHOUT_DATA = {"OFFICER_SUBMITTED", "RECON_BIEU06"}
"""Need what no extract carries."""


def codes_of(warehouse: duckdb.DuckDBPyConnection, dataset: str, case_id: str) -> dict[str, bool]:
    found = warehouse.execute(
        "select issue_code, is_open from marts.data_quality_issues"
        " where dataset = ? and case_id = ?",
        [dataset, case_id],
    ).fetchall()
    assert len(found) == len(dict(found)), "one row per case and code"
    return dict(found)


@pytest.mark.parametrize(("dataset", "code", "case_id"), FINDINGS)
def test_case_raises_its_finding(
    warehouse: duckdb.DuckDBPyConnection, dataset: str, code: str, case_id: str
) -> None:
    found = codes_of(warehouse, dataset, case_id)
    if code == "clean":
        assert found == {}
    elif code == QUARANTINED:
        assert found == {code: True}, "a quarantined row lists its case"
    else:
        assert found.get(code) is True


@pytest.mark.parametrize(
    ("dataset", "code"),
    [
        ("unit_reports", "UNMAPPED_UNIT"),
        ("initiatives", "UNMAPPED_UNIT"),
        ("dossiers_outside_system", "UNMAPPED_UNIT"),
        ("regulations", "ENCODING_SUSPECT"),
        ("qms_milestones", "ENCODING_SUSPECT"),
    ],
)
def test_small_registers_are_looked_through(
    warehouse: duckdb.DuckDBPyConnection, dataset: str, code: str
) -> None:
    found = warehouse.execute(
        "select issue_code from marts.data_quality_issues"
        " where dataset = ? and case_id is not null",
        [dataset],
    ).fetchall()
    assert found == [(code,)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("late", [("STALE_EXTRACT", "2022-04-04")]),
        ("shrunk", [("VOLUME_DROP", "49")]),
        (
            "patchy",
            [
                ("PERIOD_GAP", "2022-03-03 to 2022-03-31"),
                ("PERIOD_OVERLAP", "2022-03-31 to 2022-04-15"),
            ],
        ),
        ("dossiers", []),
    ],
)
def test_deliveries_are_watched(
    warehouse: duckdb.DuckDBPyConnection, source: str, expected: list[tuple[str, str]]
) -> None:
    found = warehouse.execute(
        "select issue_code, raw_value from marts.data_quality_issues"
        " where source = ? and case_id is null and unit_id is null order by all",
        [source],
    ).fetchall()
    assert found == expected


def test_only_the_unit_that_always_ends_on_the_due_date_is_named(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.execute(
        "select unit_id, raw_value, case_id from marts.data_quality_issues"
        " where issue_code = 'SPIKE_CLOSE_AT_DUE'"
    ).fetchall()
    assert found == [("H57.02", "30/30", None)]


def test_every_code_of_the_catalogue_is_accounted_for(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with (PROJECT_DIR / "dbt_project/seeds/issue_codes.csv").open(encoding="utf-8") as file:
        catalogue = {row["issue_code"] for row in csv.DictReader(file)}
    raised = {
        code
        for (code,) in warehouse.execute(
            "select distinct issue_code from marts.data_quality_issues"
        ).fetchall()
    }
    assert raised - INGEST_CODES == (
        catalogue - INGEST_CODES - FILE_CODES - INVARIANTS - WITHOUT_DATA
    )
