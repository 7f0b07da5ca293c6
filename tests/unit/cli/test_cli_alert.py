"""`qo alert`: a trial of the settings, and the words of a service manager."""

from __future__ import annotations

import click.testing
import pytest

from pipelines.cli import main


@pytest.fixture
def tell(monkeypatch, tmp_path):
    monkeypatch.setenv("QO_DATA_DIR", str(tmp_path))

    def run(text: str, **variables: str) -> click.testing.Result:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return click.testing.CliRunner().invoke(main, ["alert", text])

    return run


def test_it_needs_somebody_to_tell(tell):
    told = tell("a trial")
    assert told.exit_code == 2
    assert "QO_ALERT_WEBHOOK" in told.output


def test_it_fails_where_nobody_is_reached(tell):
    told = tell("a trial", QO_ALERT_WEBHOOK="http://127.0.0.1:1/secret", QO_ALERT_TIMEOUT="2")
    assert told.exit_code == 1
    assert "not delivered by webhook: the webhook on 127.0.0.1" in told.output
    assert "secret" not in told.output
