"""A clock that was set back, and as-of dates that go back."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipelines.warehouse.snapshots import list_snapshots, published_now

pytestmark = pytest.mark.long

BACK = timedelta(days=-3)
CHANGED = "dossiers/ho-so-mot-cua_2022-12-31.csv"


def test_clock_set_back_puts_no_edition_before_an_older_one(night, tell):
    last = published_now(night.settings)
    ended = night.run(clock_ahead=BACK)
    assert ended.status == 3, ended.said
    [warning] = ended.lines("publish: warning: The clock says")
    assert "stamped just after it" in warning
    assert published_now(night.settings) == last + timedelta(microseconds=1)
    assert list_snapshots(night.settings)[0].published_at == published_now(night.settings)
    assert night.unlike() == []
    again = night.run()
    assert again.lines("Nothing new"), again.said
    assert published_now(night.settings) > last + BACK
    tell("the clock is set back three days", "published, stamped after the last edition, told")


def test_with_the_clock_set_back_the_later_file_of_a_date_still_stands(day):
    path = day.settings.landing / CHANGED
    later = path.with_name("sua-lai_2022-12-31.csv")
    header, first, *_ = path.read_text(encoding="utf-8").splitlines(keepends=True)
    later.write_text(header + first, encoding="utf-8")
    ended = day.run(clock_ahead=BACK)
    assert ended.status in (0, 3), ended.said
    query = "select file_name, status from marts.extract_log where extracted_on = '2022-12-31'"
    with duckdb.connect(day.settings.published, read_only=True) as con:
        found = dict(con.execute(f"{query} and source = 'dossiers'").fetchall())
    assert found == {path.name: "superseded", later.name: "loaded"}


def test_as_of_before_the_last_one_and_forward_again(night, tell):
    ended = night.run(as_of=date(2022, 12, 1))
    assert ended.status == 3, ended.said
    with duckdb.connect(night.settings.published, read_only=True) as con:
        found = con.execute("select distinct as_of from marts.scorecard").fetchall()
    assert found == [(date(2022, 12, 1),)]
    assert night.run().status in (0, 3)
    assert night.unlike(editions=2) == []
    tell("an as-of date before the last one", "published as of that day; forward again: the same")
