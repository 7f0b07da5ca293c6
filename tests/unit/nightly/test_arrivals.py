"""When files were first seen, across runs that did not come to their end."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.arrivals import drop, note
from pipelines.news import LandingEntry
from pipelines.settings import Settings

FIRST = datetime(2022, 4, 1, 1, 0, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)
OLD, NEW = LandingEntry(5, 1, "aa"), LandingEntry(5, 1, "bb")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def seen_at(settings: Settings, landing: dict[str, LandingEntry], run_at: datetime) -> list:
    return [seen.at for seen in note(settings, landing, run_at).values()]


def test_bytes_stay_seen_by_the_first_run(settings):
    note(settings, {"a/x.csv": OLD}, FIRST)
    moved = LandingEntry(5, 2, "aa")
    assert seen_at(settings, {"a/x.csv": moved, "b/y.csv": OLD}, SECOND) == [FIRST, SECOND]
    assert seen_at(settings, {"a/x.csv": OLD}, SECOND + timedelta(days=1)) == [FIRST]


def test_other_bytes_are_seen_anew(settings):
    note(settings, {"a/x.csv": OLD}, FIRST)
    assert seen_at(settings, {"a/x.csv": NEW}, SECOND) == [SECOND]


def test_bytes_that_nobody_could_read_are_seen_anew(settings):
    closed = LandingEntry(5, 1, "")
    note(settings, {"a/x.csv": closed}, FIRST)
    assert seen_at(settings, {"a/x.csv": closed}, SECOND) == [SECOND]


def test_nothing_is_known_after_an_edition_or_from_a_damaged_note(settings):
    note(settings, {"a/x.csv": OLD}, FIRST)
    drop(settings)
    assert seen_at(settings, {"a/x.csv": OLD}, SECOND) == [SECOND]
    for damage in ("", "[]", '{"a/x.csv": 1}', '{"a/x.csv": {"at": "yesterday"}}'):
        (settings.raw / ".seen.json").write_text(damage)
        assert seen_at(settings, {"a/x.csv": OLD}, SECOND) == [SECOND]
    drop(settings)
    drop(settings)


def test_a_name_that_is_no_text_is_noted(settings):
    name = os.fsdecode(b"a/ho so \xff.csv")
    note(settings, {name: OLD}, FIRST)
    assert seen_at(settings, {name: OLD}, SECOND) == [FIRST]
