"""No person leaves the extracts: not into raw files, databases, logs, reports or run histories."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile

import click.testing
import duckdb
import polars as pl
import pytest

from pipelines.cli import main
from tests.security.deliveries import (
    DAY,
    FAMILY,
    HOSTILE_NAMES,
    PEOPLE,
    SHEETED,
    WORDS,
)
from tests.support.search import found_in


def test_the_night_published_and_refused_what_it_had_to(night):
    assert night.run.status == 3, night.run
    log = night.office.query(
        "select file_name, status, error from marts.extract_log where source = ?", PEOPLE
    )
    status = {name.partition(f"_{DAY}")[0]: state for name, state, _ in log}
    refused = {name for name, state in status.items() if state == "rejected"}
    assert refused == {
        "alike",
        "broken",
        "damaged",
        "letter",
        "manifest-broken",
        "manifest-key",
        "manifest-period",
        "no-header",
        "total-in-numbers",
        "total-in-words",
    }
    assert len(status) - len(refused) == 9
    assert all(error for _, state, error in log if state == "rejected")


def test_people_stood_beside_rows_that_were_loaded_and_rows_that_were_rejected(night):
    loaded = {key for (key,) in night.office.query("select dossier_id from marts.fct_dossiers")}
    assert loaded >= {
        *("PRINTED-1", "BOOK-1", "LINE-1", "JSON-1", "PARQUET-1"),
        *("PAGE-1", "XML-1", "ZIP-1", "GZIP-1"),
    }
    rejected = night.office.query(
        """
        select
            count(distinct (file_name, row_number)),
            count(*) filter (where raw_value is not null)
        from marts.rejected_rows where source = ?
        """,
        PEOPLE,
    )
    [(rows, values)] = rejected
    assert rows >= 5
    assert values >= 3


def test_no_file_of_the_night_holds_anything_of_them(night):
    found = {
        str(path): held
        for path in night.written()
        if path.is_file() and (held := found_in(path, WORDS))
    }
    assert found == {}


def test_nothing_that_was_printed_holds_anything_of_them(night):
    printed = night.run.output + night.run.errors
    assert "PRINTED" not in printed
    assert [word for word in WORDS if word in printed] == []


def test_temporary_files_are_gone(night):
    assert list(night.scratch.rglob("*")) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (PEOPLE, f"printed_{DAY}.csv"),
        (PEOPLE, f"book_{DAY}.xlsx"),
        (PEOPLE, f"alike_{DAY}.xlsx"),
        (PEOPLE, f"manifest-broken_{DAY}.csv"),
        (PEOPLE, f"letter_{DAY}.csv"),
        (SHEETED, f"book_{DAY}.xlsx"),
    ],
)
def test_a_dry_run_shows_declared_columns_alone(night, monkeypatch, source, name):
    monkeypatch.setenv("QO_DATA_DIR", str(night.office.data_dir))
    path = night.office.settings.landing / source / name
    shown = click.testing.CliRunner().invoke(main, ["check", str(path), "--source", source])
    assert shown.exit_code == 3
    # The sheet that was read is named where nothing is kept.
    told = [line for line in shown.output.splitlines() if not line.startswith("Tệp · file: ")]
    assert [word for word in WORDS if word in "\n".join(told)] == []


def test_the_receipts_of_figures_hold_nothing_of_them(night, monkeypatch):
    monkeypatch.setenv("QO_DATA_DIR", str(night.office.data_dir))
    for more in (["--all"], ["--case", "PRINTED-1"]):
        asked = ["explain", "05b", "--period", "2022", "--scope", "province", *more]
        shown = click.testing.CliRunner().invoke(main, asked)
        assert "PRINTED-1" in shown.output, shown.output
        assert [word for word in WORDS if word in shown.output] == []


@pytest.fixture
def packed(tmp_path):
    """A name in every kind of file that the search can open, by kind."""
    name, files = f"Đinh {FAMILY}", {}
    for kind in ("text", "utf-16", "gzip", "zip", "parquet", "duckdb", "sqlite"):
        files[kind] = tmp_path / f"x.{kind}"
    files["text"].write_text(f"x {name.upper()} y", encoding="utf-8")
    files["utf-16"].write_text(name, encoding="utf-16-be")
    files["gzip"].write_bytes(gzip.compress(name.encode()))
    with zipfile.ZipFile(files["zip"], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<t>{name}</t>" * 99)
    pl.DataFrame({"a": [name] * 99}).write_parquet(files["parquet"], compression="zstd")
    with duckdb.connect(files["duckdb"]) as connection:
        connection.execute("create table t as select [?] as a from range(9999)", [name])
    connection = sqlite3.connect(files["sqlite"])
    with connection:
        connection.execute("create table t (a)")
        connection.execute("insert into t values (?)", [name])
    connection.close()
    return files


@pytest.mark.parametrize("kind", ["text", "utf-16", "gzip", "zip", "parquet", "duckdb", "sqlite"])
def test_the_search_finds_what_is_there(packed, kind):
    assert found_in(packed[kind], [FAMILY, "nobody"]) == {FAMILY}


def test_names_of_places_are_no_names_of_people():
    assert not [name for name in HOSTILE_NAMES if FAMILY in name]
