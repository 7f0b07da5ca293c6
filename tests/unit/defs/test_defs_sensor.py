"""The sensor: a run when landing has changed and settled, and only then."""

from __future__ import annotations

import os
from datetime import datetime

import dagster as dg
import pytest

from pipelines import news
from pipelines.defs.sensors import new_extract
from pipelines.settings import LOCAL_ZONE, Settings

NOW = datetime(2022, 4, 1, tzinfo=LOCAL_ZONE)


@pytest.fixture
def landing(tmp_path, monkeypatch):
    monkeypatch.setenv("QO_DATA_DIR", str(tmp_path))
    folder = tmp_path / "landing" / "dossiers"
    folder.mkdir(parents=True)
    return folder


class Ticks:
    """Looks again and again, carrying the cursor along as the daemon does."""

    def __init__(self) -> None:
        self.cursor: str | None = None

    def look(self) -> bool:
        """Whether this look starts a run."""
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=self.cursor)
            result = new_extract(context)
        self.cursor = result.cursor
        return bool(result.run_requests)


def test_an_extract_starts_one_run_once_it_has_settled(landing):
    ticks = Ticks()
    assert not ticks.look()
    (landing / "a.csv").write_text("x\n", encoding="utf-8")
    assert [ticks.look() for _ in range(4)] == [False, True, False, False]


def test_a_file_that_still_grows_waits(landing):
    ticks, path = Ticks(), landing / "a.csv"
    for size in range(1, 4):
        path.write_text("x" * size, encoding="utf-8")
        assert not ticks.look()
    assert ticks.look()


@pytest.mark.parametrize("change", ["bytes", "time", "manifest", "removal"])
def test_a_replaced_file_starts_a_run(landing, change):
    ticks, path = Ticks(), landing / "a.csv"
    path.write_text("x\n", encoding="utf-8")
    assert [ticks.look() for _ in range(3)] == [False, True, False]
    match change:
        case "bytes":
            path.write_text("longer\n", encoding="utf-8")
        case "time":
            os.utime(path, ns=(1, 1))
        case "manifest":
            (landing / "a.csv.manifest.yml").write_text("extracted_on: 2022-01-01\n")
        case "removal":
            path.unlink()
    assert [ticks.look() for _ in range(3)] == [False, True, False]


def test_what_was_published_already_starts_nothing(landing, tmp_path):
    (landing / "a.csv").write_text("x\n", encoding="utf-8")
    settings = Settings(data_dir=tmp_path)
    found = news.fingerprint(settings, settings.evaluation_date(NOW))
    news.remember(settings, found)
    ticks = Ticks()
    assert [ticks.look() for _ in range(3)] == [False, False, False]
