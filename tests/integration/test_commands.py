"""The commands that read: they show what is published, and write nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta

import click.testing
import duckdb
import pytest

from pipelines.cli import main
from pipelines.settings import LOCAL_ZONE
from tests.support.office import Office

Ask = Callable[..., click.testing.Result]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a command that reads, inside this process; nothing below the data directory changes."""

    def run(office: Office, *arguments: object) -> click.testing.Result:
        before = office.files(".")
        monkeypatch.setenv("QO_DATA_DIR", str(office.data_dir))
        result = click.testing.CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert office.files(".") == before
        return result

    return run


@pytest.fixture
def samples(published_samples) -> Office:
    return published_samples.office


def test_the_scorecard_of_one_unit_and_quarter(ask, samples):
    unit, name, numerator, denominator = samples.query(
        """
        select unit_id, unit_name, numerator, denominator
        from marts.scorecard_by_unit
        where measure_id = '07b' and is_headline and denominator > 1
            and period_grain = 'quarter' and period_start = date '2022-01-01'
        order by denominator desc, unit_id
        """
    )[0]
    shown = ask(samples, "scorecard", "--period", "2022-Q1", "--unit", unit)
    assert shown.exit_code == 0
    assert name in shown.output
    [line] = [line for line in shown.output.splitlines() if line.startswith("07b")]
    assert f" {numerator}/{denominator} " in line


def test_the_receipt_of_a_figure_names_its_counts_and_the_cases_that_failed(ask, samples):
    figure = """
        measure_id = '05b' and scope = 'qms' and basis = 'decided'
        and period_grain = 'year' and period_start = date '2022-01-01'
    """
    [(numerator, denominator)] = samples.query(
        f"select numerator, denominator from marts.scorecard where {figure}"
    )
    failed = samples.query(
        f"select case_id from marts.measure_cases where {figure} and treatment = 'failed'"
    )
    shown = ask(samples, "explain", "05b", "--period", "2022")
    assert shown.exit_code == 0
    assert f"{numerator}/{denominator} = " in shown.output
    assert failed
    assert all(case in shown.output for (case,) in failed)


def test_the_history_of_a_case_names_file_hash_and_row_of_each_version(ask, samples):
    versions = samples.query(
        """
        select case_id, file_name, sha256, row_number
        from marts.fct_dossier_versions as versions
        inner join marts.extract_log as log using (extract_id)
        qualify count(*) over (partition by case_id) > 2
        order by case_id
        """
    )
    case = versions[0][0]
    shown = ask(samples, "explain", "05b", "--period", "2022", "--case", case)
    assert shown.exit_code == 0
    for _, file_name, sha256, row_number in [row for row in versions if row[0] == case]:
        assert sha256 in shown.output
        assert [
            line
            for line in shown.output.splitlines()
            if file_name in line and line.endswith(f" {row_number}")
        ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("scorecard", "--period", "2019"), "no figures for the period 2019"),
        (("scorecard", "--unit", "nobody"), "nobody"),
        (("explain", "5c", "--period", "2022"), "5c"),
        (("explain", "05b", "--period", "2022", "--case", "X-1"), "X-1"),
    ],
)
def test_what_is_not_there_is_said(ask, samples, arguments, sentence):
    shown = ask(samples, *arguments)
    assert shown.exit_code == 2
    assert sentence in shown.output


@pytest.mark.parametrize(
    ("source", "name", "status"),
    [("units", "don-vi_2022-12-31.csv", 0), ("dossiers", "ho-so-mot-cua_2022-03-31.csv", 3)],
)
def test_check_says_what_would_become_of_a_file(ask, samples, source, name, status):
    [(read, accepted, rejected, repeated)] = samples.query(
        """
        select rows_read, rows_accepted, rows_rejected, rows_duplicate
        from marts.extract_log where source = ? and file_name = ?
        """,
        source,
        name,
    )
    shown = ask(samples, "check", samples.settings.landing / source / name, "--source", source)
    assert shown.exit_code == status
    [line] = [line for line in shown.output.splitlines() if f"{read} đọc" in line]
    for count in (f"{accepted} nhận", f"{rejected} loại", f"{repeated} lặp"):
        assert count in line
    reasons = samples.query(
        "select reason from marts.rejected_rows where source = ? and file_name = ?", source, name
    )
    assert len(reasons) == rejected
    words = " ".join(shown.output.split())
    assert all(" ".join(reason.split()[:6]) in words for (reason,) in reasons)


@pytest.fixture
def a_day_apart(office, first_night, third_night, tmp_path) -> Office:
    """The published warehouse of the three nights, as if the first had been the day before."""
    apart = Office(tmp_path / "data")
    apart.settings.warehouse_dir.mkdir(parents=True)
    shutil.copy(office.settings.published, apart.settings.published)
    apart.settings.published.chmod(0o600)
    with duckdb.connect(apart.settings.published) as connection:
        connection.execute(
            """
            update memory.published_figures set published_at = published_at - interval 1 day
            where published_at = (select min(published_at) from memory.published_figures)
            """
        )
    return apart


def test_the_scorecard_as_it_was_known_before(ask, a_day_apart):
    figure = """
        measure_id = '05b' and scope = 'qms' and basis = 'decided'
        and period_grain = 'quarter' and period_start = date '2022-01-01'
    """
    [before, after] = a_day_apart.query(
        f"""
        select published_at, numerator, denominator
        from marts.published_figures where {figure} order by published_at
        """
    )
    assert before[1:] != after[1:]
    for published_at, numerator, denominator in (before, after):
        day = published_at.astimezone(LOCAL_ZONE).date()
        shown = ask(a_day_apart, "scorecard", "--period", "2022-Q1", "--as-known-on", day)
        assert shown.exit_code == 0
        [line] = [line for line in shown.output.splitlines() if line.startswith("05b")]
        assert f" {numerator}/{denominator} " in line
    too_early = before[0].astimezone(LOCAL_ZONE).date() - timedelta(days=1)
    shown = ask(a_day_apart, "scorecard", "--as-known-on", too_early)
    assert shown.exit_code != 0
    assert str(too_early) in shown.output
