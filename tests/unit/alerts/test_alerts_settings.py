"""The settings of alerts: typed, complete, and silent about secrets."""

from __future__ import annotations

import pytest

from pipelines.errors import ConfigurationError
from pipelines.settings import load_alert_settings, load_settings

MAIL = {"QO_ALERT_EMAIL_TO": "a@example.vn,b@example.vn", "QO_ALERT_SMTP_HOST": "mail.example.vn"}


def test_they_are_read_beside_the_others():
    settings = load_settings({**MAIL, "QO_SNAPSHOTS": "3", "QO_ALERT_SMTP_PORT": "2525"})
    assert settings.snapshots == 3
    assert settings.alert.email_to == ("a@example.vn", "b@example.vn")
    assert (settings.alert.smtp_port, settings.alert.smtp_security) == (2525, "starttls")


def test_none_is_needed():
    assert load_settings({}).alert.email_to == ()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"QO_ALERT_MAIL_TO": "x"}, "QO_ALERT_MAIL_TO is not a setting; known ones are QO_ALERT_E"),
        ({"QO_ALERT": "x"}, "is not a setting"),
        ({"QO_ALERTS": "x"}, "QO_ALERTS is not a setting"),
        ({**MAIL, "QO_ALERT_EMAIL_TO": "nobody"}, "'nobody' is no e-mail address"),
        ({"QO_ALERT_EMAIL_TO": "a@example.vn"}, "needs QO_ALERT_SMTP_HOST"),
        ({**MAIL, "QO_ALERT_EMAIL_FROM": "x y@z"}, "QO_ALERT_EMAIL_FROM"),
        ({**MAIL, "QO_ALERT_SMTP_PORT": "0"}, "QO_ALERT_SMTP_PORT='0' is not valid"),
        ({**MAIL, "QO_ALERT_SMTP_SECURITY": "ssl"}, "QO_ALERT_SMTP_SECURITY='ssl'"),
        ({**MAIL, "QO_ALERT_SMTP_USER": "qo"}, "go together"),
        ({"QO_ALERT_TIMEOUT": "0"}, "QO_ALERT_TIMEOUT"),
    ],
)
def test_what_is_wrong_is_named(variables, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        load_settings(variables)


@pytest.mark.parametrize(
    "variables",
    [
        {"QO_ALERT_WEBHOOK": "file:///hidden"},
        {"QO_ALERT_WEBHOOK": "https://example.vn/hidden key"},
        {**MAIL, "QO_ALERT_SMTP_PASSWORD": "hidden"},
        {**MAIL, "QO_ALERT_SMTP_USER": "qo", "QO_ALERT_SMTP_PASSWORD": "hidden: khó"},
        {
            **MAIL,
            "QO_ALERT_SMTP_USER": "qo",
            "QO_ALERT_SMTP_PASSWORD": "hidden",
            "QO_ALERT_SMTP_SECURITY": "none",
        },
    ],
)
def test_a_secret_is_not_repeated(variables):
    with pytest.raises(ConfigurationError) as wrong:
        load_settings(variables)
    assert "QO_ALERT" in str(wrong.value)
    assert "hidden" not in str(wrong.value)


def test_secrets_are_not_shown():
    login = {"QO_ALERT_SMTP_USER": "qo", "QO_ALERT_SMTP_PASSWORD": "hidden"}
    settings = load_settings({**MAIL, **login, "QO_ALERT_WEBHOOK": "https://example.vn/hidden"})
    assert "hidden" not in f"{settings!r}{settings.model_dump_json()}"


def test_they_are_read_though_others_are_wrong():
    assert load_alert_settings({**MAIL, "QO_SNAPSHOT": "3"}).smtp_host == "mail.example.vn"
    assert load_alert_settings({"QO_ALERT_EMAIL_TO": "nobody"}).email_to == ()
