"""A command tells of its run once, whatever comes of it, and its own result stays as it is."""

from __future__ import annotations

import io
from datetime import datetime

import pytest

from pipelines.alerts.watch import watched
from pipelines.errors import ConfigurationError, RunError
from pipelines.nightly import NIGHTLY, NOT_PUBLISHED, PUBLISHED, Outcome
from pipelines.problems import Problem
from pipelines.reports.terminal import run_output
from pipelines.settings import LOCAL_ZONE, AlertSettings, Settings

NOW = datetime(2022, 12, 31, 1, tzinfo=LOCAL_ZONE)
FAILED = Outcome(NOT_PUBLISHED, problems=(Problem("a key stands twice"),))


@pytest.fixture
def watch(web_server, tmp_path):
    """Watches a run; gives its outcome and what was said."""

    def do(run, webhook=f"{web_server}/hook", load=None):
        settings = Settings(data_dir=tmp_path, alert=AlertSettings(webhook=webhook))
        stream = io.StringIO()
        with run_output(stream) as output:
            outcome = watched(NIGHTLY, load or (lambda: settings), run, now=NOW, output=output)
        return outcome, stream.getvalue()

    return do


def test_a_failed_run_is_told_once(watch, posted):
    outcome, said = watch(lambda _: FAILED)
    assert outcome is FAILED
    [(_, body)] = posted.bodies
    assert (body["status"], body["problems"]) == (NOT_PUBLISHED, ["a key stands twice"])
    assert body["as_of"] == "2022-12-31"
    assert "alert: sent by webhook" in said


def test_a_clean_run_is_not_told(watch, posted):
    outcome, said = watch(lambda _: Outcome(PUBLISHED))
    assert (outcome.status, posted.bodies) == (PUBLISHED, [])
    assert said == ""


def test_nothing_is_said_where_nobody_is_to_be_told(watch):
    _, said = watch(lambda _: FAILED, webhook=None)
    assert said == ""


@pytest.mark.parametrize("error", [RunError("the lock is held"), KeyError("x")])
def test_an_error_is_told_and_goes_on(watch, posted, error):
    def run(_settings):
        raise error

    with pytest.raises(type(error)):
        watch(run)
    assert [body["status"] for _, body in posted.bodies] == [1]


def test_settings_that_are_wrong_are_told_by_those_that_are_right(
    watch, posted, monkeypatch, web_server
):
    monkeypatch.setenv("QO_ALERT_WEBHOOK", f"{web_server}/hook")

    def load():
        raise ConfigurationError("QO_SNAPSHOT is not a setting")

    with pytest.raises(ConfigurationError):
        watch(lambda _: FAILED, load=load)
    [(_, body)] = posted.bodies
    assert (body["status"], body["problems"]) == (2, ["QO_SNAPSHOT is not a setting"])


def test_a_message_that_does_not_arrive_is_said_and_changes_nothing(watch, posted):
    posted.status = 500
    outcome, said = watch(lambda _: FAILED)
    assert outcome is FAILED
    assert "alert: not delivered by webhook" in said
    assert "HTTP Error 500" in said
