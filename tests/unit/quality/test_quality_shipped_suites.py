"""Every shipped expectation holds on clean rows and fails on rows spoiled for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pipelines.contracts.datasets import DATASETS, Dataset
from pipelines.quality.results import ExpectationResult
from pipelines.quality.suites import Expectation, Suite, load_suites
from pipelines.settings import PROJECT_DIR

Evaluate = Callable[..., list[ExpectationResult]]
Check = tuple[Suite, str]

SUITES = load_suites(PROJECT_DIR / "expectations")
CHECKS: Mapping[str, Check] = {
    suite.expectation_id(name): (suite, name) for suite in SUITES for name in suite.expectations
}


def update(table: str, change: str, where: str = "true") -> str:
    return f"update {table} set {change} where {where}"


def shared_spoilers(dataset: Dataset) -> dict[str, str]:
    """What makes the queries of every dataset's raw table fail."""
    table = f"raw.{dataset.name}"
    text = next(c.name for c in reversed(dataset.columns) if c.type == "text" and not c.codes)
    spoilers = {
        "key_once_per_extract": f"insert into {table} from {table}",
        "rows_accounted": f"delete from {table}",
        "lineage_given": update(table, "_row_number = null"),
        "text_readable": update(table, f"{text} = 'á»¦y ban nhÃ¢n dÃ¢n'"),
    }
    begin = dataset.begins_at
    end = next(iter(dataset.completes_at), None)
    if begin:
        spoilers["begin_not_in_future"] = update(table, f"{begin} = '2022-07-02'")
    if begin and dataset.due_at:
        before = f"{dataset.due_at} = {begin} - interval 1 day"
        spoilers["due_not_before_begin"] = update(table, before)
    if end:
        spoilers["completed_not_in_future"] = update(table, f"{end} = '2022-07-02'")
    if begin and end:
        spoilers["completed_not_before_begin"] = update(table, f"{end} = {begin} - interval 1 day")
    return {f"{dataset.name}_{name}": spoiler for name, spoiler in spoilers.items()}


def rejected(code: str) -> str:
    """Give the newest extract of the dossiers a quarantined row."""
    return f"""
        insert into ops.rejected_rows (extract_id, source, file_name, row_number, reason, code)
        values ('{0:016x}', 'dossiers', 'dossiers_2022-07-01.csv', 9, 'Faulty.', '{code}')
    """


LOG = "ops.extract_log"
MISSING = "due_at = null, deadline_exempt = false"
SPOILERS: Mapping[str, str] = {
    **{
        check_id: statement
        for dataset in DATASETS.values()
        for check_id, statement in shared_spoilers(dataset).items()
    },
    "dossiers_due_at_given": update("raw.dossiers", MISSING),
    "dossiers_due_at_given_by_unit": update("raw.dossiers", MISSING),
    "dossiers_completion_given": update("raw.dossiers", "completed_at = null, returned_at = null"),
    "dossiers_dossier_id_format": update("raw.dossiers", "dossier_id = 'H57.12-2201-5'"),
    "dossiers_level_2_not_online": update(
        "raw.dossiers", "service_level = 'level_2', channel = 'online'"
    ),
    "dossiers_apology_in_time": update("raw.dossiers", "apology_sent_at = due_at + interval 1 day"),
    "dossiers_supplement_in_order": update(
        "raw.dossiers", "supplement_received_at = supplement_requested_at - interval 1 day"
    ),
    "dossiers_unit_given": update("raw.dossiers", "unit_id = null, unit_name = null"),
    "documents_due_at_given_by_unit": update("raw.documents", "due_at = null"),
    "documents_issued_by_arrival": update("raw.documents", "issued_on = '2022-02-04'"),
    "documents_register_year_fits": update("raw.documents", "register_year = 2020"),
    "directives_due_at_given_by_unit": update("raw.directives", "due_at = null"),
    "directives_extension_complete": update("raw.directives", "extension_approved_at = null"),
    "directives_tracked_not_in_future": update("raw.directives", "last_urged_at = '2022-07-02'"),
    "programme_tasks_due_at_given_by_unit": update("raw.programme_tasks", "due_at = null"),
    "programme_tasks_removed_not_before_begin": update(
        "raw.programme_tasks", "removed_at = added_at - interval 1 day"
    ),
    "programme_tasks_tracked_not_in_future": update(
        "raw.programme_tasks", "last_tracked_at = '2022-07-02'"
    ),
    "regulations_begin_not_in_future": update("raw.regulations", "issued_at = '2022-07-02'"),
    "regulations_reviewed_not_before_issue": update(
        "raw.regulations", "reviewed_at = '2019-05-05'"
    ),
    "regulations_reviewed_not_in_future": update("raw.regulations", "reviewed_at = '2022-07-02'"),
    "unit_reports_period_format": update("raw.unit_reports", "period = 'Quý 1/2022'"),
    "unit_reports_submitted_not_in_future": update(
        "raw.unit_reports", "submitted_at = '2022-07-02'"
    ),
    "initiatives_decided_not_in_future": update("raw.initiatives", "decided_at = '2022-07-02'"),
    "qms_milestones_evidence_given": update("raw.qms_milestones", "evidence = ' '"),
    "dossiers_outside_system_month_format": update(
        "raw.dossiers_outside_system", "month = '03/2022'"
    ),
    "dossiers_outside_system_month_not_in_future": update(
        "raw.dossiers_outside_system", "month = '2022-08'"
    ),
    "units_validity_in_order": update("raw.units", "valid_to = '2019-12-31'"),
    "units_parent_known": update("raw.units", "parent_unit_id = 'VPP'"),
    "units_office_listed": update("raw.units", "is_office = null"),
    "procedures_validity_in_order": update("raw.procedures", "valid_to = '2019-12-31'"),
    "procedures_procedure_id_format": update("raw.procedures", "procedure_id = '1.00123'"),
    "extract_log_extract_once": f"insert into {LOG} from {LOG}",
    "extract_log_rows_add_up": update(LOG, "rows_duplicate = rows_duplicate + 1"),
    "extract_log_rejected_files_explained": update(LOG, "error = null"),
    "extract_log_hash_format": update(LOG, "sha256 = 'abc'"),
    "extract_log_one_full_extract_per_date": update(LOG, "extracted_on = '2022-07-01'"),
    "extract_log_files_accepted": update(LOG, "arrival_no = 9", "status = 'rejected'"),
    "extract_log_few_rows_rejected": update(LOG, "rows_rejected = 1", "source = 'dossiers'"),
    "extract_log_volume_steady": update(LOG, "rows_accepted = 9", "extracted_on = '2022-06-01'"),
    "rejected_rows_rows_accounted": "delete from ops.rejected_rows",
    "rejected_rows_extract_known": update("ops.rejected_rows", "extract_id = 'unknown'"),
    "rejected_rows_raw_value_short": update("ops.rejected_rows", "raw_value = repeat('x', 81)"),
    "rejected_rows_no_unmapped_status": rejected("UNMAPPED_STATUS"),
    "rejected_rows_no_unmapped_value": rejected("UNMAPPED_VALUE"),
    "rejected_rows_no_missing_required": rejected("UNREADABLE_REQUIRED"),
    "rejected_rows_no_close_before_begin": rejected("CLOSE_BEFORE_RECEIVE"),
    "rejected_rows_no_close_in_future": rejected("FUTURE_CLOSE"),
    "rejected_rows_no_conflicting_repeats": rejected("DUP_KEY"),
}


def spoil_by_type(table: str, expectation: Expectation) -> str | None:
    """A statement that makes the expectation fail by the meaning of its type."""
    column = expectation.kwargs.get("column")
    bound = expectation.kwargs.get("min_value")
    below = bound - 1 if isinstance(bound, int) else "timestamp '1989-12-31 23:59:59'"
    return {
        "expect_table_columns_to_match_set": f"alter table {table} add column citizen_phone text",
        "expect_column_values_to_not_be_null": update(table, f"{column} = null"),
        "expect_column_values_to_be_in_set": update(table, f"{column} = 'unheard of'"),
        "expect_column_values_to_be_between": update(table, f"{column} = {below}"),
    }.get(expectation.type)


def spoiler(check_id: str) -> str | None:
    suite, name = CHECKS[check_id]
    return SPOILERS.get(check_id) or spoil_by_type(suite.table, suite.expectations[name])


def spoiled_together() -> dict[str, list[str]]:
    """The expectations by the run that spoils rows for them.

    Simple ones of one table and type are spoiled at once, each in its own column: a run costs
    more than an expectation.
    """
    groups: dict[str, list[str]] = {}
    for check_id, (suite, name) in CHECKS.items():
        expectation = suite.expectations[name]
        is_alone = check_id in SPOILERS or expectation.rows is not None
        group = check_id if is_alone else f"{suite.table_name} {expectation.type}"
        groups.setdefault(group, []).append(check_id)
    return groups


RUNS = spoiled_together()


def only(*check_ids: str) -> Suite:
    suite = CHECKS[check_ids[0]][0]
    names = [CHECKS[check_id][1] for check_id in check_ids]
    return suite.model_copy(
        update={"expectations": {name: suite.expectations[name] for name in names}}
    )


def test_no_expectation_is_without_a_failing_input() -> None:
    assert [check_id for check_id in CHECKS if spoiler(check_id) is None] == []


def test_no_failing_input_is_without_its_expectation() -> None:
    assert set(SPOILERS) - set(CHECKS) == set()


def test_every_table_that_arrives_has_a_suite() -> None:
    raw = {f"raw.{name}" for name in DATASETS}
    assert raw | {"ops.extract_log", "ops.rejected_rows"} <= {suite.table for suite in SUITES}


def test_every_expectation_holds_on_clean_rows_and_judges_some(evaluate: Evaluate) -> None:
    results = evaluate(SUITES)

    assert [result.expectation_id for result in results] == list(CHECKS)
    assert [result for result in results if result.outcome != "passed"] == []
    idle = {result.expectation_id for result in results if not result.element_count}
    # The newest clean extracts have no quarantined rows; other codes stand in for them below.
    assert idle == {check_id for check_id in CHECKS if check_id.startswith("rejected_rows_no_")}


@pytest.mark.parametrize("run", RUNS)
def test_expectations_fail_on_spoiled_rows(run: str, evaluate: Evaluate) -> None:
    results = evaluate([only(*RUNS[run])], *(str(spoiler(check_id)) for check_id in RUNS[run]))

    assert [result.expectation_id for result in results] == RUNS[run]
    assert [result for result in results if result.outcome != "failed"] == []
    assert all(result.is_blocking == (result.severity == "critical") for result in results)


@pytest.mark.parametrize("check_id", [name for name in CHECKS if "rejected_rows_no_" in name])
def test_quarantine_checks_tell_the_codes_apart(check_id: str, evaluate: Evaluate) -> None:
    suite = CHECKS[check_id][0]
    checks = {key: rule for key, rule in suite.expectations.items() if key.startswith("no_")}

    results = evaluate([suite.model_copy(update={"expectations": checks})], str(spoiler(check_id)))

    assert {r.expectation_id for r in results if r.outcome != "passed"} == {check_id}
    assert {r.element_count for r in results} == {1}


def test_critical_is_for_the_invariants_alone() -> None:
    critical = {
        (suite.table, name)
        for suite in SUITES
        for name, expectation in suite.expectations.items()
        if expectation.severity == "critical"
    }

    per_dataset = {
        (f"raw.{dataset}", name)
        for dataset in DATASETS
        for name in ("key_once_per_extract", "rows_accounted")
    }
    assert critical == per_dataset | {
        ("ops.extract_log", "extract_once"),
        ("ops.extract_log", "rows_add_up"),
        ("ops.rejected_rows", "rows_accounted"),
    }
