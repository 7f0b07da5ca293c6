"""Names and values that mean harm are names and values: stored as they came, obeyed nowhere."""

from __future__ import annotations

import json
import unicodedata

import click.testing
import pytest

from pipelines.cli import main
from pipelines.settings import PROJECT_DIR
from tests.security.deliveries import (
    CONSTANT,
    DAY,
    HOSTILE,
    HOSTILE_NAMES,
    SITE,
    hostile_files,
)


def test_every_file_is_known_by_its_name(night):
    log = night.office.query(
        "select file_name, status, error from marts.extract_log where source = ?", HOSTILE
    )
    loaded = {name for name, status, _ in log if status == "loaded"}
    assert loaded == {*hostile_files(), f"v\\xe5n b\\xb6n {DAY}.csv"}, log


def test_every_value_comes_out_as_it_went_in(night):
    rows = night.office.query(
        "select dossier_id, unit_name, status from marts.fct_dossiers where source = ?", HOSTILE
    )
    keys = {unicodedata.normalize("NFC", key) for key in hostile_files().values()}
    assert {key for key, *_ in rows} == {*keys, "KEY of before Unicode"}
    assert {tuple(rest) for _, *rest in rows} == {(CONSTANT, "processing")}


def test_folders_without_a_contract_are_refused_under_their_names(night):
    refused = night.office.query(
        "select source from marts.extract_log where status = 'rejected' and file_name = ?",
        f"x_{DAY}.csv",
    )
    assert {source for (source,) in refused} == {name.replace("/", "_") for name in HOSTILE_NAMES}


def test_sources_whose_names_are_nearly_one_are_two(night):
    loaded = night.office.query(
        "select source, dossier_id from marts.fct_dossiers where source in ? order by all",
        list(SITE),
    )
    assert loaded == [(source, source) for source in SITE]


def test_every_table_still_stands(night):
    manifest = json.loads((night.office.settings.dbt_target / "manifest.json").read_bytes())
    models = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["schema"] == "marts"
    }
    there = night.office.query(
        """
        select table_name from duckdb_tables() where schema_name = 'marts'
        union all
        select view_name from duckdb_views() where schema_name = 'marts'
        """
    )
    assert "scorecard" in models
    assert models <= {name for (name,) in there}


def test_no_line_of_the_log_is_forged_and_no_order_reaches_the_terminal(night):
    printed = night.run.output + night.run.errors
    assert "not published" not in [line.partition("  ")[2][:13] for line in printed.splitlines()]
    orders = {sign for sign in printed if sign != "\n" and not sign.isprintable()}
    assert orders == set()
    assert "\\x1b[2J\\x1b[1;31mred\\x07" in printed
    assert "two\\n01:00:00  not published: forged" in printed
    assert "[bold]:boom:" in printed


def test_nothing_was_started_or_written_elsewhere(night):
    beside = {path.name for path in night.office.data_dir.parent.iterdir()}
    assert beside == {night.office.data_dir.name}
    assert not (PROJECT_DIR / "owned").exists()
    assert list(night.home.iterdir()) == []
    tops = {path.name for path in night.office.data_dir.iterdir()}
    made = {"raw", "warehouse", "reports", ".dagster", ".dbt", ".fonts"}
    assert tops == {"landing", "contracts"} | made


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_command_takes_a_hostile_name_for_a_name(night, monkeypatch, name):
    monkeypatch.setenv("QO_DATA_DIR", str(night.office.data_dir))
    asked = ["check", __file__, f"--source={name}"]
    told = click.testing.CliRunner().invoke(main, asked)
    assert told.exit_code == 2
    assert "No contract is called" in told.output
    assert "\x1b" not in told.output
