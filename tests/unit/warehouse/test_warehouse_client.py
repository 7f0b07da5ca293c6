"""The terminal client: read-only, with the tables at hand; and other ways that README names."""

from __future__ import annotations

import subprocess

import duckdb
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from pipelines.errors import ConfigurationError, RunError
from pipelines.settings import Settings
from pipelines.warehouse import client
from pipelines.warehouse.client import client_command


@pytest.fixture
def published(tmp_path):
    settings = Settings(data_dir=tmp_path / "dữ liệu 'QO'")
    settings.warehouse_dir.mkdir(parents=True)
    with duckdb.connect(settings.published) as connection:
        connection.execute(
            "create schema marts; create table marts.scorecard as "
            "select '05b' as measure_id, timestamptz '2022-12-31 18:00:00+00' as published_at"
        )
    settings.published.chmod(0o444)
    return settings


def run(settings: Settings, query: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        client_command(settings, query, csv=True), capture_output=True, text=True, check=False
    )


def test_a_query_finds_the_tables_and_local_time(published):
    found = run(published, "select measure_id, published_at::varchar as at from scorecard")
    assert found.stdout.splitlines() == ["measure_id,at", "05b,2023-01-01 01:00:00+07"], found


def test_it_has_the_version_of_the_library(published):
    found = run(published, "select version() as version")
    assert found.stdout.splitlines()[1] == f"v{duckdb.__version__}"


def test_nothing_can_be_written(published):
    found = run(published, "delete from scorecard")
    assert found.returncode != 0
    assert "read-only" in found.stderr


def test_before_the_first_publication_the_sentence_says_what_to_run(tmp_path):
    with pytest.raises(RunError, match="qo nightly"):
        client_command(Settings(data_dir=tmp_path))


def test_without_the_client_the_sentence_says_how_to_get_it(published, monkeypatch, tmp_path):
    monkeypatch.setattr(client.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(client.shutil, "which", lambda _: None)
    with pytest.raises(ConfigurationError, match="pip install duckdb-cli"):
        client_command(published)


def test_sqlalchemy_reads_it_by_the_address_that_readme_gives(published):
    engine = create_engine(f"duckdb:///{published.published}?access_mode=READ_ONLY")
    with engine.connect() as connection:
        assert connection.execute(text("select measure_id from marts.scorecard")).scalar() == "05b"
        with pytest.raises(DBAPIError, match="read-only"):
            connection.execute(text("delete from marts.scorecard"))
    engine.dispose()
