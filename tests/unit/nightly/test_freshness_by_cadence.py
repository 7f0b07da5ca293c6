"""Freshness: the newest extract's date against the contract's cadence."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.freshness import ALLOWED_DAYS, freshness
from pipelines.settings import Settings

AS_OF = date(2022, 4, 30)
DAY = timedelta(days=1)


@pytest.fixture
def judge(tmp_path):
    settings = Settings(data_dir=tmp_path)
    contract = load_contracts(settings)["dossiers"]
    connection = duckdb.connect()
    connection.execute("create schema ops")
    connection.execute("create table ops.extract_log (source text, extracted_on date, status text)")

    def judged(cadence: str, *extracts: tuple[date, str]):
        rows = [["dossiers", day, status] for day, status in extracts]
        if rows:
            connection.executemany("insert into ops.extract_log values (?, ?, ?)", rows)
        asked = contract.model_copy(update={"cadence": cadence})
        [found] = freshness(settings, connection, [asked], AS_OF)
        return found

    yield judged
    connection.close()


@pytest.mark.parametrize("cadence", [name for name, days in ALLOWED_DAYS.items() if days])
def test_the_last_allowed_day_is_in_time(judge, cadence):
    allowed = ALLOWED_DAYS[cadence]
    assert judge(cadence, (AS_OF - allowed * DAY, "loaded")).is_stale is False


@pytest.mark.parametrize("cadence", [name for name, days in ALLOWED_DAYS.items() if days])
def test_one_day_more_is_stale(judge, cadence):
    found = judge(cadence, (AS_OF - (ALLOWED_DAYS[cadence] + 1) * DAY, "loaded"))
    assert found.is_stale
    assert "too old" in str(found)


def test_once_is_never_stale(judge):
    assert not judge("once", (date(2000, 1, 1), "loaded")).is_stale


def test_a_rejected_extract_does_not_count(judge):
    found = judge("daily", (date(2022, 1, 1), "loaded"), (AS_OF, "rejected"))
    assert found.newest == date(2022, 1, 1)
    assert found.is_stale


def test_a_source_that_is_not_in_use_is_not_stale_but_an_empty_folder_is(judge, tmp_path):
    assert not judge("daily").is_stale
    (tmp_path / "landing" / "dossiers").mkdir(parents=True)
    assert judge("daily").is_stale
