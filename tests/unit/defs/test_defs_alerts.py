"""The sensors tell of runs that Dagster launched, once, and leave those of `qo` to `qo`."""

from __future__ import annotations

import fcntl
from collections.abc import Callable

import dagster as dg
import pytest

from pipelines.defs import alerts
from pipelines.defs.keys import WAREHOUSE
from pipelines.defs.resources import using
from pipelines.defs.sensors import new_extract
from pipelines.errors import RunError
from pipelines.nightly import LAUNCHED_BY, NIGHTLY
from pipelines.problems import problems

LATE = "units: newest extract of 2021-01-01, 364 days before the as-of date, too old."


@pytest.fixture
def told(monkeypatch, tmp_path):
    """What is sent, in place of the webhook that is set; it can be made to fail."""
    monkeypatch.setenv("QO_DATA_DIR", str(tmp_path))
    sent, failures = [], []

    def notify(_settings, message, _say):
        sent.append(message)
        return failures

    monkeypatch.setattr(alerts, "notify", notify)
    return sent, failures


Look = Callable[..., None]


@pytest.fixture
def look() -> Look:
    """Runs one step, and lets a sensor look at how it ended."""

    def run(sensor, step, tags=None):
        job = dg.define_asset_job("nightly").resolve(
            asset_graph=dg.Definitions(assets=[step]).resolve_asset_graph()
        )
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(instance=instance, raise_on_error=False, tags=tags)
            kinds = {
                dg.DagsterEventType.PIPELINE_SUCCESS,
                dg.DagsterEventType.PIPELINE_FAILURE,
            }
            [event] = [event for event in result.all_events if event.event_type in kinds]
            context = dg.build_run_status_sensor_context(
                sensor_name="x",
                dagster_event=event,
                dagster_instance=instance,
                dagster_run=result.dagster_run,
                context=dg.build_sensor_context(instance=instance),
            )
            is_failure = sensor is alerts.alert_on_failure
            sensor(context.for_run_failure() if is_failure else context)

    return run


def published(rejected=(), unsettled=(), stale=()):
    @dg.asset(key=WAREHOUSE)
    def warehouse() -> dg.MaterializeResult:
        found = {"rejected": rejected, "unsettled": unsettled, "stale": stale}
        metadata = {name: dg.MetadataValue.json(list(each)) for name, each in found.items()}
        return dg.MaterializeResult(metadata={"as_of": "2022-12-31", **metadata})

    return warehouse


def failing(error):
    @dg.asset(key=WAREHOUSE)
    def warehouse() -> None:
        raise error

    return warehouse


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ({"rejected": [["e", "dossiers/a.csv", "2 of 9 rows"]]}, "dossiers/a.csv: 2 of 9 rows"),
        ({"unsettled": ["dossiers/b.csv cannot be opened"]}, "dossiers/b.csv cannot be opened"),
        ({"stale": [LATE]}, LATE),
    ],
)
def test_what_a_published_run_left_out_is_told(told, look, found, sentence):
    look(alerts.alert_on_unclean, published(**found))
    [message] = told[0]
    assert f"- {sentence}" in message.text
    assert "31/12/2022" in message.subject


def test_of_a_clean_run_nothing_is_told(told, look):
    look(alerts.alert_on_unclean, published())
    assert told[0] == []


def test_a_failed_run_is_told_with_its_sentence(told, look):
    look(alerts.alert_on_failure, failing(RunError("The disk is full.\nrow 3: Nguyễn Văn A")))
    [message] = told[0]
    assert "The disk is full." in message.text
    assert "Nguyễn" not in message.text


def test_the_words_of_an_unexpected_fault_are_not_told(told, look):
    look(alerts.alert_on_failure, failing(KeyError("Nguyễn Văn A")))
    [message] = told[0]
    assert "an unexpected fault (KeyError)" in message.text
    assert "Nguyễn" not in message.text


def test_runs_of_the_command_line_are_not_told_again(told, look):
    tags = {LAUNCHED_BY: NIGHTLY}
    look(alerts.alert_on_failure, failing(RunError("The disk is full.")), tags)
    look(alerts.alert_on_unclean, published(stale=[LATE]), tags)
    assert told[0] == []


def test_a_message_that_does_not_arrive_fails_the_tick(told, look):
    told[1].append("not delivered by webhook")
    with pytest.raises(Exception, match="not delivered by webhook"):
        look(alerts.alert_on_unclean, published(stale=[LATE]))


def test_a_run_that_could_not_begin_says_who_is_at_work(definitions, empty_settings):
    empty_settings.lock_file.parent.mkdir(parents=True, exist_ok=True)
    job = definitions.resolve_job_def("nightly")
    with empty_settings.lock_file.open("w") as held, dg.DagsterInstance.ephemeral() as instance:
        fcntl.flock(held, fcntl.LOCK_EX)
        with using(empty_settings):
            run = job.execute_in_process(instance=instance, raise_on_error=False)
    assert not run.success
    [why] = problems(run.all_events)
    assert "still writing to" in why.sentence


def test_the_sensors_are_on_from_the_start(definitions):
    sensors = {item.name: item for item in definitions.get_repository_def().sensor_defs}
    assert set(sensors) == {"alert_on_failure", "alert_on_unclean", new_extract.name}
    assert {item.default_status for item in sensors.values()} == {dg.DefaultSensorStatus.RUNNING}
