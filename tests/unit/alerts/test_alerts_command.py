"""`qo nightly` tells of runs that could not even begin, and ends as it would have."""

from __future__ import annotations

import fcntl

import click.testing
import pytest

from pipelines.cli import main
from pipelines.settings import Settings


@pytest.fixture
def nightly(monkeypatch, tmp_path, web_server):
    """Runs the command on an empty data directory."""
    monkeypatch.setenv("QO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QO_ALERT_WEBHOOK", f"{web_server}/hook")
    monkeypatch.setenv("QO_LOCK_WAIT", "0")
    return lambda: click.testing.CliRunner().invoke(main, ["nightly"])


def test_a_bad_contract_is_told(nightly, tmp_path, posted):
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "permits.yml").write_text("dataset: nothing\n", encoding="utf-8")
    ended = nightly()
    assert ended.exit_code == 2
    [(_, body)] = posted.bodies
    assert (body["status"], body["command"]) == (2, "qo nightly")
    assert any("permits.yml" in sentence for sentence in body["problems"])
    assert "alert: sent by webhook" in ended.output


def test_a_bad_setting_is_told(nightly, monkeypatch, posted):
    monkeypatch.setenv("QO_SNAPSHOT", "3")
    assert nightly().exit_code == 2
    [(_, body)] = posted.bodies
    assert body["problems"][0].startswith("QO_SNAPSHOT is not a setting")


def test_a_second_writer_is_told(nightly, tmp_path, posted):
    path = Settings(data_dir=tmp_path).lock_file
    path.parent.mkdir()
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert nightly().exit_code == 1
    [(_, body)] = posted.bodies
    assert "still writing" in body["problems"][0]


def test_an_alert_that_fails_leaves_the_status_as_it_is(nightly, monkeypatch, posted):
    posted.status = 500
    monkeypatch.setenv("QO_SNAPSHOT", "3")
    ended = nightly()
    assert ended.exit_code == 2
    assert "alert: not delivered by webhook" in ended.output
