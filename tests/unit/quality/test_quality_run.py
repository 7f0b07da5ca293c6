"""Outcomes, samples and scopes of evaluated expectations, on a real DuckDB file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.quality.results import ExpectationResult
from pipelines.quality.run import run_suites
from pipelines.quality.suites import Expectation, Suite

Evaluate = Callable[..., list[ExpectationResult]]

NEWER_DOSSIERS = """
    insert into ops.extract_log by name
    select * replace ('newer' as extract_id, timestamptz '2022-08-02 01:00:00+07' as loaded_at)
    from ops.extract_log
    where source = 'dossiers' and arrival_no = 3
"""


def rule(**changes: Any) -> Expectation:
    said = {
        "title_vi": "Có hạn",
        "title_en": "A deadline is given",
        "severity": "warning",
        "type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "due_at"},
        "notes": "Only for the tests of the runner.",
    }
    return Expectation.model_validate({**said, **changes})


def query(sql: str, **changes: Any) -> Expectation:
    kwargs = {"unexpected_rows_query": sql}
    return rule(type="unexpected_rows_expectation", kwargs=kwargs, **changes)


def suite(table: str = "raw.dossiers", scope: str = "all", **expectations: Expectation) -> Suite:
    return Suite.model_validate(
        {
            "table": table,
            "title_vi": "Hồ sơ",
            "title_en": "Dossiers",
            "keys": ["dossier_id", "_row_number"],
            "scope": scope,
            "expectations": expectations,
        }
    )


def test_a_failure_names_counts_and_keys_only(evaluate: Evaluate) -> None:
    (result,) = evaluate([suite(due=rule())])

    assert (result.suite, result.table) == ("dossiers", "raw.dossiers")
    assert (result.outcome, result.unexpected_count, result.element_count) == ("failed", 2, 4)
    assert result.unexpected_percent == 50.0
    assert [dict(key) for key in result.sample_keys] == [
        {"dossier_id": "H57-220302-0001", "_row_number": 4},
        {"dossier_id": "H57-220303-0001", "_row_number": 5},
    ]
    assert result.message == "2 of 4 rows fail (50.00%)."


def test_a_query_reports_keys_only_and_no_more_than_asked(evaluate: Evaluate) -> None:
    everything = query("select *, 'Nguyễn Văn A' as citizen from {batch} order by dossier_id")

    (result,) = evaluate([suite(all=everything)], sample_size=1)

    assert result.unexpected_count == 4
    assert [dict(key) for key in result.sample_keys] == [
        {"dossier_id": "000.12.34.H57-220301-12345", "_row_number": 3}
    ]


def test_a_query_that_finds_very_much_is_counted_in_full(evaluate: Evaluate) -> None:
    many = "insert into raw.dossiers (dossier_id) select 'D' || range from range(10_000)"

    (result,) = evaluate([suite(all=query("from {batch}"))], many, sample_size=500)

    assert (result.unexpected_count, len(result.sample_keys)) == (10_004, 200)


def test_a_simple_rule_samples_no_more_than_asked(evaluate: Evaluate) -> None:
    (result,) = evaluate([suite(due=rule())], sample_size=1)

    assert (result.unexpected_count, len(result.sample_keys)) == (2, 1)


def test_groups_are_reported_whole_with_their_counts(evaluate: Evaluate) -> None:
    by_unit = query(
        "select unit_id, count(*) as missing from {batch} where due_at is null group by all",
        sample=["unit_id", "missing"],
    )

    (result,) = evaluate([suite(by_unit=by_unit)], sample_size=1)

    assert [dict(group) for group in result.sample_keys] == [{"unit_id": "H57", "missing": 2}]
    assert (result.unexpected_percent, result.message) == (
        None,
        "Found 1, listed with their counts.",
    )


def test_missing_deadlines_are_counted_by_unit(shipped: list[Suite], evaluate: Evaluate) -> None:
    (dossiers,) = (suite for suite in shipped if suite.table == "raw.dossiers")
    named = {"by_unit": dossiers.expectations["due_at_given_by_unit"]}

    (result,) = evaluate(
        [dossiers.model_copy(update={"expectations": named})],
        "update raw.dossiers set due_at = null",
    )

    # The exempt dossier and the one that was not taken in yet need no deadline.
    assert [dict(group) for group in result.sample_keys] == [
        {"unit_id": "H57.12", "missing": 1, "judged": 1},
        {"unit_id": "Sở Xây dựng", "missing": 1, "judged": 1},
    ]


@pytest.mark.parametrize(("missing", "outcome"), [(1, "passed"), (2, "failed")])
def test_a_tolerated_share_passes_and_is_still_counted(
    evaluate: Evaluate, missing: int, outcome: str
) -> None:
    hundred = f"""
        insert into raw.dossiers by name
        select
            'D' || range as dossier_id,
            if(range < {missing}, null, timestamp '2022-01-05') as due_at,
        from range(100)
    """

    (result,) = evaluate(
        [suite(due=rule(kwargs={"column": "due_at", "mostly": 0.99}))],
        "delete from raw.dossiers",
        hundred,
    )

    assert (result.outcome, result.unexpected_count) == (outcome, missing)
    assert result.message == f"{missing} of 100 rows fail ({missing}.00%, 1% allowed)."


def test_severity_decides_whether_a_failure_blocks(evaluate: Evaluate) -> None:
    levels = {level: rule(severity=level) for level in ("critical", "warning", "info")}

    results = evaluate([suite(**levels)])

    assert {result.outcome for result in results} == {"failed"}
    assert [result.is_blocking for result in results] == [True, False, False]


@pytest.mark.parametrize(
    "broken",
    [
        rule(kwargs={"column": "no_such_column"}),
        rule(rows="no_such_column = 1"),
        rule(type="expect_column_values_to_be_lucky"),
        rule(kwargs={"colum": "due_at"}),
        query("select no_such_column from {batch}"),
        query("select dossier_id from {batch}"),
        query("from {batch} where {batch"),
        query("select * from {batch} where no_such_column = 1"),
        query("select * from {batch} where dossier_id::integer = 1"),
        query("select * from {batch} where true) or (true"),
    ],
    ids=[
        "column",
        "rows",
        "type",
        "argument",
        "query",
        "keys",
        "syntax",
        "condition",
        "value",
        "parentheses",
    ],
)
def test_what_cannot_be_evaluated_blocks_whatever_its_severity(
    evaluate: Evaluate, broken: Expectation
) -> None:
    mild = broken.model_copy(update={"severity": "info"})

    before, result, after = evaluate([suite(before=rule(), broken=mild, after=rule())])

    assert (result.outcome, result.is_blocking) == ("could_not_evaluate", True)
    assert result.message.startswith("Could not be evaluated, so nothing is published: ")
    assert (before.outcome, after.outcome) == ("failed", "failed")


def test_a_missing_table_cannot_be_evaluated(evaluate: Evaluate) -> None:
    results = evaluate([suite(table="marts.scorecard", due=rule(), all=query("from {batch}"))])

    assert [result.outcome for result in results] == ["could_not_evaluate"] * 2


def test_an_empty_table_has_nothing_to_check(evaluate: Evaluate) -> None:
    most = rule(kwargs={"column": "due_at", "mostly": 0.9})

    results = evaluate(
        [suite(due=rule(), most=most, all=query("from {batch}"))], "delete from raw.dossiers"
    )

    assert [result.outcome for result in results] == ["passed"] * 3
    assert {result.message for result in results} == {"Nothing to check: no rows."}


@pytest.mark.parametrize(
    "broken",
    [
        rule(kwargs={"column": "no_such_column"}),
        rule(kwargs={"colum": "due_at"}),
        query("select * from {batch} where no_such_column = 1"),
    ],
    ids=["column", "argument", "condition"],
)
def test_an_empty_table_does_not_hide_what_cannot_be_evaluated(
    evaluate: Evaluate, broken: Expectation
) -> None:
    sound, result = evaluate([suite(sound=rule(), broken=broken)], "delete from raw.dossiers")

    assert (sound.outcome, result.outcome) == ("passed", "could_not_evaluate")


def test_a_view_over_files_is_judged_like_a_table(
    clean_file: Path, tmp_path: Path, shipped: list[Suite]
) -> None:
    path, rows = tmp_path / "build.duckdb", tmp_path / "dossiers.parquet"
    path.write_bytes(clean_file.read_bytes())
    (dossiers,) = (suite for suite in shipped if suite.table == "raw.dossiers")
    spoiled = "* replace (if(dossier_id like 'H57%', null, due_at) as due_at)"
    with duckdb.connect(path) as con:
        con.execute(f"copy raw.dossiers to '{rows}'; drop table raw.dossiers")
        con.execute(f"create view raw.dossiers as select {spoiled} from read_parquet('{rows}')")

    with duckdb.connect(path, read_only=True) as con:
        results = run_suites(con, [dossiers])

    assert {result.expectation_id for result in results if result.outcome != "passed"} == {
        "dossiers_due_at_given",
        "dossiers_due_at_given_by_unit",
    }


def test_a_condition_is_looked_at_once_for_each_row(
    evaluate: Evaluate, work: duckdb.DuckDBPyConnection
) -> None:
    work.execute("create or replace sequence asked")
    listed = {
        f"rule_{number}": query(f"select * from {{batch}} where nextval('asked') < -{number}")
        for number in range(3)
    }

    results = evaluate([suite(**listed)])

    assert {result.outcome for result in results} == {"passed"}
    assert work.execute("select currval('asked')").fetchone() == (12,)


def test_a_restricted_condition_judges_no_other_rows(evaluate: Evaluate) -> None:
    late = query("select * from {batch} where due_at is null", rows="unit_id = 'H57.12'")

    (result,) = evaluate([suite(late=late)], "update raw.dossiers set due_at = null")

    assert (result.unexpected_count, result.element_count) == (1, 1)


def test_a_query_of_its_own_runs_once(evaluate: Evaluate, work: duckdb.DuckDBPyConnection) -> None:
    work.execute("create or replace sequence asked")
    once = query("select dossier_id, _row_number from {batch} where nextval('asked') > 0")

    (result,) = evaluate([suite(once=once)])

    assert result.unexpected_count == 4
    assert work.execute("select currval('asked')").fetchone() == (4,)


def test_an_expectation_on_a_distribution_has_its_statistics(evaluate: Evaluate) -> None:
    usual = {"values": ["ppc", "chairman"], "weights": [0.5, 0.5]}
    kwargs = {"column": "authority", "partition_object": usual, "threshold": 0.1}

    (result,) = evaluate(
        [suite(usual=rule(type="expect_column_kl_divergence_to_be_less_than", kwargs=kwargs))],
        "update raw.dossiers set authority = if(_row_number < 4, 'ppc', 'chairman')",
    )

    assert result.outcome == "passed"
    assert result.observed["observed_value"] == 0.0


def test_all_shipped_suites_pass_on_a_province_without_any_extract(
    shipped: list[Suite], evaluate: Evaluate
) -> None:
    tables = [suite.table for suite in shipped]

    results = evaluate(shipped, *(f"delete from {table}" for table in tables))

    assert [result for result in results if result.outcome != "passed"] == []


def test_the_newest_load_of_a_source_is_judged_alone(evaluate: Evaluate) -> None:
    newer_row = """
        insert into raw.dossiers (dossier_id, _extract_id, _row_number)
        values ('H57-220801-0001', 'newer', 2)
    """

    newest, everything = evaluate(
        [suite(scope="newest", newest=rule(), everything=rule(scope="all"))],
        NEWER_DOSSIERS,
        newer_row,
    )

    assert (newest.element_count, newest.unexpected_count) == (1, 1)
    assert (everything.element_count, everything.unexpected_count) == (5, 3)


def test_a_repeated_key_with_a_null_part_is_found(shipped: list[Suite], evaluate: Evaluate) -> None:
    (procedures,) = (suite for suite in shipped if suite.table == "raw.procedures")
    once = {"once": procedures.expectations["key_once_per_extract"]}

    (result,) = evaluate(
        [procedures.model_copy(update={"expectations": once})],
        "insert into raw.procedures from raw.procedures where valid_from is null",
    )

    assert (result.outcome, result.unexpected_count) == ("failed", 1)


def test_braces_and_percent_signs_of_a_query_stay_as_they_are(evaluate: Evaluate) -> None:
    pattern = r"select * from {batch} where dossier_id like '%H57%' and "
    pattern += r"regexp_full_match(dossier_id, 'H57-\d{6}-\d{4,}') and 7 % 4 = 3"

    (result,) = evaluate([suite(pattern=query(pattern))])

    assert result.unexpected_count == 2


def test_columns_that_nobody_declared_are_named(evaluate: Evaluate) -> None:
    declared = rule(
        type="expect_table_columns_to_match_set",
        kwargs={"column_set": ["as_of", "run_at", "run_id"], "exact_match": True},
    )

    (result,) = evaluate(
        [suite(table="ops.run", declared=declared)],
        "alter table ops.run add column citizen_phone text",
    )

    assert result.outcome == "failed"
    assert result.observed["unexpected"] == ["citizen_phone"]
    assert result.message == "Does not hold. Unexpected: citizen_phone."


def test_the_file_can_be_written_again_right_after(
    clean_file: Path, tmp_path: Path, shipped: list[Suite]
) -> None:
    path = tmp_path / "build.duckdb"
    path.write_bytes(clean_file.read_bytes())
    with duckdb.connect(path, read_only=True) as con:
        results = run_suites(con, shipped[:1])

    assert {result.outcome for result in results} == {"passed"}
    with duckdb.connect(path) as con:
        con.execute("create table written (a int)")
