"""The main job on the shipped samples: what is published, what is said, what is nowhere stored."""

from __future__ import annotations

import re
from datetime import date

import dagster as dg
import duckdb
import polars as pl
import pytest

from pipelines.defs.instance import open_instance
from tests.support.office import AS_OF, table_contents, text_columns

MEASURES = (
    *("01", "02", "03a", "03b", "04a", "04b", "05a", "05b"),
    *("06", "07a", "07b", "08", "09", "10"),
)
ON_TIME = ("decided", "closed", "due", "first_decided", "intake")
BASES = {
    **dict.fromkeys(("03b", "04b", "05b", "06"), ON_TIME),
    "07b": ("finished", "received", "online_capable", "any_channel"),
}
BOTH_SCOPES = ("05a", "05b", "07a", "07b")


def test_it_publishes_and_says_that_rows_were_rejected(published_samples):
    run = published_samples.run
    assert run.status == 3, run
    assert "Traceback" not in run.errors
    rejected = published_samples.office.query(
        """
        select source || '/' || file_name, rows_rejected, rows_read
        from marts.extract_log
        where rows_rejected > 0 or status = 'rejected'
        """
    )
    assert rejected
    said = run.lines("rejected: ")
    assert len(said) == len(rejected)
    for name, rows_rejected, rows_read in rejected:
        assert any(f"{name}: {rows_rejected} of {rows_read} rows" in line for line in said)


def test_it_prints_every_measure_with_its_verdict_and_where_everything_is(published_samples):
    output = published_samples.run.output
    printed = re.findall(r"^(\d\d[ab]?) .* (?:Đạt|Không đạt) ", output, re.MULTILINE)
    assert tuple(printed) == MEASURES
    settings = published_samples.office.settings
    for path in (settings.published, settings.snapshot_dir, settings.landing):
        assert str(path) in output


def expected_rows() -> set[tuple[str, str, str]]:
    return {
        (measure, scope, basis)
        for measure in MEASURES
        for scope in (("qms", "province") if measure in BOTH_SCOPES else ("qms",))
        for basis in BASES.get(measure, ("default",))
    }


def expected_periods(first: date, last: date) -> set[tuple[str, date]]:
    """Every period of each grain that holds a day from the first to the last."""
    months = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if (first.year, first.month) <= (year, month) <= (last.year, last.month)
    ]
    lengths = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
    return {
        (grain, date(day.year, (day.month - 1) // length * length + 1, 1))
        for grain, length in lengths.items()
        for day in months
    }


def test_one_row_for_every_measure_scope_basis_and_period(published_samples):
    office = published_samples.office
    [(first,)] = office.query(
        """
        select least(
            (select min(received_at) from marts.fct_dossiers),
            (select min(arrived_at) from marts.fct_documents),
            (select min(assigned_at) from marts.fct_directives),
            (select min(added_at) from marts.fct_programme_tasks),
            (select min(due_at) from marts.fct_unit_reports),
            (select min(due_at) from marts.fct_qms_milestones),
            (select min(decided_at) from marts.fct_initiatives),
            (select min(strptime(month, '%Y-%m')) from intermediate.int_dossiers_outside_system)
        )::date
        """
    )
    found = office.query(
        "select measure_id, scope, basis, period_grain, period_start from marts.scorecard"
    )
    assert len(found) == len(set(found))
    assert set(found) == {
        (*row, *period) for row in expected_rows() for period in expected_periods(first, AS_OF)
    }


def test_the_headlines_of_the_year_follow_from_their_counts(published_samples):
    rows = published_samples.office.query(
        """
        select measure_id, numerator, denominator, target, comparator, verdict
        from marts.scorecard
        where is_headline and period_grain = 'year' and period_start = date '2022-01-01'
        order by measure_id
        """
    )
    assert tuple(row[0] for row in rows) == MEASURES
    for measure, numerator, denominator, target, comparator, verdict in rows:
        have, need = 100 * numerator, round(100 * target) * (denominator or 1)
        is_met = have > need if comparator == "gt" else have >= need
        assert verdict == ("met" if is_met else "not_met"), measure
    assert {verdict for *_, verdict in rows} == {"met", "not_met"}


def test_the_cases_add_up_to_every_figure(published_samples):
    different = published_samples.office.query(
        """
        with figures as (
            select
                measure_id, scope, basis, period_grain, period_start,
                count(*) filter (where treatment = 'met') as met,
                count(*) filter (where treatment in ('met', 'failed')) as counted,
                count(*) filter (where treatment = 'missing_deadline') as missing
            from marts.measure_cases
            group by all
        )
        select s.*, f.*
        from marts.scorecard as s
        left join figures as f using (measure_id, scope, basis, period_grain, period_start)
        where s.measure_id not in ('07a', '10') and (
            s.numerator <> coalesce(f.met, 0)
            or s.denominator <> coalesce(f.counted, 0)
            or s.missing_deadline_count <> coalesce(f.missing, 0)
        )
        """
    )
    assert different == []


def test_every_file_and_every_row_is_accounted_for(published_samples):
    office = published_samples.office
    log = office.query(
        """
        select source || '/' || file_name, status, rows_read,
            rows_accepted + rows_rejected + rows_duplicate
        from marts.extract_log
        """
    )
    assert sorted(name for name, *_ in log) == sorted(office.delivered())
    assert all(status == "loaded" and read == parts for _, status, read, parts in log)
    counted = office.query(
        "select extract_id, rows_rejected from marts.extract_log where rows_rejected > 0 order by 1"
    )
    assert counted == office.query(
        """
        select extract_id, count(distinct row_number)
        from marts.rejected_rows group by 1 order by 1
        """
    )


def test_dossiers_without_a_deadline_are_listed_by_unit(published_samples):
    [(listed, units)] = published_samples.office.query(
        """
        select count(*), count(distinct unit_id) from marts.data_quality_issues
        where issue_code = 'MISSING_DUE' and dataset = 'dossiers' and is_open
        """
    )
    assert listed > 0
    assert units > 1


@pytest.fixture(scope="module")
def applicants(published_samples):
    """Names of people in a column that no contract declares (without the running number)."""
    landing = published_samples.office.settings.landing
    extract = pl.read_csv(landing / "dossiers" / "ho-so-mot-cua_2022-12-31.csv", infer_schema=False)
    names = extract["Chủ hồ sơ"].str.replace(r" \d+$", "").unique().to_list()
    assert len(names) > 1
    return names


def test_no_file_holds_a_name_of_a_person(published_samples, applicants):
    data_dir = published_samples.office.data_dir
    landing = published_samples.office.settings.landing
    needles = [name.encode(code) for name in applicants for code in ("utf-8", "utf-16-le")]
    for path in data_dir.rglob("*"):
        if path.is_file() and landing not in path.parents:
            content = path.read_bytes()
            assert not [needle for needle in needles if needle in content], path


def test_no_text_of_a_database_or_raw_file_holds_a_name_of_a_person(published_samples, applicants):
    settings = published_samples.office.settings
    anyone = "|".join(map(re.escape, applicants))
    for path in (settings.build, settings.published):
        columns = list(text_columns(path))
        assert columns
        with duckdb.connect(path, read_only=True) as connection:
            for schema, table, column in columns:
                query = f"""
                    select count(*) from "{schema}"."{table}"
                    where regexp_matches("{column}"::varchar, ?)
                """
                [(found,)] = connection.execute(query, [anyone]).fetchall()
                assert found == 0, (path, schema, table, column)
    for path in settings.raw.rglob("*.parquet"):
        [(found,)] = duckdb.execute(
            "select count(*) from read_parquet(?) as r where regexp_matches(r::varchar, ?)",
            [str(path), anyone],
        ).fetchall()
        assert found == 0, path


def test_the_run_is_in_the_history_that_the_ui_shows(published_samples):
    with open_instance(published_samples.office.settings) as instance:
        [run] = instance.get_runs()
        assert run.job_name == "nightly"
        assert run.status == dg.DagsterRunStatus.SUCCESS
        assert run.remote_job_origin is None
        [materialized] = instance.fetch_materializations(dg.AssetKey("warehouse"), limit=10).records
        assert materialized.run_id == run.run_id
        rows = materialized.asset_materialization.metadata["dagster/row_count"].value
    counted = table_contents(published_samples.office.settings.published)
    assert rows == sum(count for count, _ in counted.values())
