"""What a run leaves behind for the next one, once its edition is out."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines import arrivals, news
from pipelines.defs.publish import _remember_news
from pipelines.defs.resources import Session
from pipelines.extracts.outcome import IngestOutcome
from pipelines.settings import Settings

NOW = datetime(2022, 4, 1, 1, 0, tzinfo=UTC)
DAY = date(2022, 4, 1)


def end(settings: Settings, taken: dict[Path, str | None] | None = None) -> None:
    """What a run does that has looked at every source."""
    found = news.fingerprint(settings, DAY)
    session = Session(settings, NOW, lambda _: None, found=found)
    session.ingested.update({source: IngestOutcome(source) for source in session.contracts})
    session.ingested["dossiers"].taken.update(taken or {})
    arrivals.note(settings, found.landing, NOW)
    _remember_news(session)


def test_a_run_that_ended_is_remembered_and_has_left_no_note(tmp_path):
    settings = Settings(data_dir=tmp_path)
    end(settings)
    assert news.remembered(settings) is not None
    assert not (settings.raw / ".seen.json").exists()


def test_one_cut_short_before_it_is_remembered_has_left_none_either(tmp_path):
    """The next run may find nothing new: it does not look for a note."""
    settings = Settings(data_dir=tmp_path)
    settings.warehouse_dir.write_text("where nothing can be written")
    with pytest.raises(FileExistsError):
        end(settings)
    assert settings.raw.is_dir()
    assert not (settings.raw / ".seen.json").exists()


def test_a_file_that_was_left_is_news_to_the_next_run_though_its_bytes_are_the_same(tmp_path):
    settings = Settings(data_dir=tmp_path)
    path = settings.landing / "dossiers" / "a_2022-03-31.csv"
    path.parent.mkdir(parents=True)
    path.write_text("x\n1\n", encoding="utf-8")

    def is_news() -> bool:
        known = news.remembered(settings)
        return known is None or not news.fingerprint(settings, DAY, known).same_inputs(known)

    end(settings)
    assert is_news()
    end(settings, {path: hashlib.sha256(path.read_bytes()).hexdigest()})
    assert not is_news()
