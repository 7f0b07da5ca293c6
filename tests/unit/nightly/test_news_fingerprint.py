"""What counts as news for a run."""

from __future__ import annotations

import os
from datetime import date

import pytest

from pipelines import news
from pipelines.settings import Settings

DAY = date(2022, 4, 1)
NAME = "dossiers/a_2022-03-31.csv"
SIDECAR = f"{NAME}.manifest.yml"


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "landing" / "dossiers"
    folder.mkdir(parents=True)
    (folder / "a_2022-03-31.csv").write_text("x\n1\n", encoding="utf-8")
    return Settings(data_dir=tmp_path)


def remembered_again(settings, day=DAY):
    """A run remembers, the next one looks."""
    known = news.remembered(settings)
    return news.fingerprint(settings, day, known).same_inputs(known)


@pytest.fixture(autouse=True)
def published(settings):
    news.remember(settings, news.fingerprint(settings, DAY))


def test_nothing_is_news_when_nothing_changed(settings):
    assert remembered_again(settings)


def test_a_touched_file_is_no_news(settings):
    os.utime(settings.landing / "dossiers" / "a_2022-03-31.csv", (1, 1))
    assert remembered_again(settings)


def test_another_as_of_date_is_news(settings):
    assert not remembered_again(settings, date(2022, 4, 2))


@pytest.mark.parametrize(
    "name", ["dossiers/b.csv", "dossiers/a_2022-03-31.csv.manifest.yml", "unknown/c.csv"]
)
def test_a_new_file_of_any_kind_is_news(settings, name):
    path = settings.landing / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x\n", encoding="utf-8")
    assert not remembered_again(settings)


def test_a_file_replaced_by_one_of_the_same_size_is_news(settings):
    path = settings.landing / "dossiers" / "a_2022-03-31.csv"
    path.write_text("x\n2\n", encoding="utf-8")
    assert not remembered_again(settings)


def test_a_file_that_left_is_news(settings):
    (settings.landing / "dossiers" / "a_2022-03-31.csv").unlink()
    assert not remembered_again(settings)


def test_a_hidden_file_is_no_news(settings):
    (settings.landing / "dossiers" / ".copying").write_text("x", encoding="utf-8")
    assert remembered_again(settings)


def test_a_changed_contract_is_news(settings):
    settings.contracts.mkdir()
    contract = "source: months\ndataset: dossiers_outside_system\ncolumns:\n"
    columns = "  unit_id: {}\n  month: {}\n  dossiers_outside: {}\n"
    (settings.contracts / "months.yml").write_text(contract + columns, encoding="utf-8")
    assert not remembered_again(settings)


def test_a_damaged_memory_makes_a_full_run(settings):
    (settings.warehouse_dir / "published_from.json").write_text("{", encoding="utf-8")
    assert news.remembered(settings) is None
    news.forget(settings)
    assert news.remembered(settings) is None


def remember_what_was_taken(settings, **others):
    """A run remembers that took the file as it lay there, and others so."""
    found = news.fingerprint(settings, DAY)
    taken = {NAME: found.landing[NAME].sha256} | others
    news.remember(settings, found.as_taken(taken))


def test_what_a_run_took_as_it_lay_there_is_no_news(settings):
    remember_what_was_taken(settings)
    assert remembered_again(settings)


def test_what_it_left_is_news(settings):
    news.remember(settings, news.fingerprint(settings, DAY).as_taken({}))
    assert not remembered_again(settings)


def test_what_it_took_otherwise_than_it_lay_there_is_news(settings):
    remember_what_was_taken(settings, **{NAME: "hash of other bytes"})
    assert not remembered_again(settings)


def test_a_manifest_that_it_took_otherwise_is_news(settings):
    (settings.landing / SIDECAR).write_text("extracted_on: 2022-03-31\n", encoding="utf-8")
    remember_what_was_taken(settings, **{SIDECAR: ""})
    assert not remembered_again(settings)


def test_what_the_contract_leaves_aside_is_no_news(settings):
    remember_what_was_taken(settings, **{NAME: None})
    assert remembered_again(settings)


def test_litter_that_no_run_takes_is_no_news(settings):
    (settings.landing / "dossiers" / "Thumbs.db").write_bytes(b"x")
    remember_what_was_taken(settings)
    assert remembered_again(settings)
