"""Messages get to real servers, and when they do not, that is said without a secret."""

from __future__ import annotations

import pytest

from pipelines.alerts.channels import UndeliveredError, post, send_mail
from pipelines.alerts.message import of_text
from pipelines.settings import AlertSettings
from tests.support.servers import HOST, PASSWORD, USER

MESSAGE = of_text("Có tệp bị loại · something was rejected")


def test_a_mail_arrives_with_its_words(mailbox, mail_server, mail_settings):
    send_mail(mail_settings(mail_server()), MESSAGE)
    [mail] = mailbox.mails
    assert mail["Subject"] == MESSAGE.subject
    assert mail["To"] == "a@example.vn, b@example.vn"
    assert mail["From"] == "a@example.vn"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] is not None
    assert mail.get_content().splitlines() == MESSAGE.text.splitlines()


def test_a_mail_goes_encrypted_to_a_server_that_asks_who_sends_it(
    mailbox, mail_server, mail_settings, authority, trusted
):
    options = {"authenticator": mailbox.authenticate, "auth_required": True}
    port = mail_server(tls_context=authority[0], require_starttls=True, **options)
    login = {"smtp_security": "starttls", "smtp_user": USER}
    send_mail(mail_settings(port, smtp_password=PASSWORD, **login), MESSAGE)
    assert (len(mailbox.mails), mailbox.users) == (1, [USER])
    with pytest.raises(UndeliveredError, match="SMTPAuthenticationError") as failed:
        send_mail(mail_settings(port, smtp_password=PASSWORD[:3], **login), MESSAGE)
    assert PASSWORD[:3] not in str(failed.value)
    assert len(mailbox.mails) == 1


def test_a_mail_goes_to_a_server_that_speaks_tls_only(
    mailbox, mail_server, mail_settings, authority, trusted
):
    port = mail_server(ssl_context=authority[0])
    send_mail(mail_settings(port, smtp_security="tls"), MESSAGE)
    assert len(mailbox.mails) == 1


def test_a_server_that_nobody_vouches_for_gets_nothing(
    mailbox, mail_server, mail_settings, authority
):
    port = mail_server(tls_context=authority[0])
    with pytest.raises(UndeliveredError, match="CERTIFICATE_VERIFY_FAILED"):
        send_mail(mail_settings(port, smtp_security="starttls"), MESSAGE)
    assert mailbox.mails == []


def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for(
    mailbox, mail_server, mail_settings
):
    with pytest.raises(UndeliveredError, match="STARTTLS"):
        send_mail(mail_settings(mail_server(), smtp_security="starttls"), MESSAGE)
    assert mailbox.mails == []


def test_an_address_that_is_refused_is_named_and_the_others_get_it(
    mailbox, mail_server, mail_settings
):
    mailbox.refused.add("b@example.vn")
    with pytest.raises(UndeliveredError, match=r"refused it for b@example\.vn"):
        send_mail(mail_settings(mail_server()), MESSAGE)
    assert len(mailbox.mails) == 1


def test_a_mail_server_that_is_down(mail_settings, unused_port):
    with pytest.raises(UndeliveredError, match=f"the mail server {HOST}: ConnectionRefused"):
        send_mail(mail_settings(unused_port), MESSAGE)


def test_a_webhook_gets_what_chats_show_and_what_programs_read(posted, web_server):
    post(AlertSettings(webhook=f"{web_server}/hook?key=secret"), MESSAGE)
    [(path, body)] = posted.bodies
    assert path == "/hook?key=secret"
    assert body["subject"] == MESSAGE.subject
    assert body["text"].startswith(MESSAGE.subject)
    assert body["command"] == "qo alert"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_than_success_is_a_failure(posted, web_server, status):
    posted.status, posted.location = status, f"{web_server}/elsewhere"
    with pytest.raises(UndeliveredError, match=f"{HOST}: HTTPError: HTTP Error {status}") as failed:
        post(AlertSettings(webhook=f"{web_server}/secret"), MESSAGE)
    assert "secret" not in str(failed.value)
    assert [path for path, _ in posted.bodies] == ["/secret"]


def test_a_webhook_that_does_not_answer_is_not_waited_for(posted, web_server):
    posted.is_silent = True
    with pytest.raises(UndeliveredError, match="timed out"):
        post(AlertSettings(webhook=web_server, timeout=0.2), MESSAGE)


def test_a_webhook_that_is_down(unused_port):
    with pytest.raises(UndeliveredError, match="refused"):
        post(AlertSettings(webhook=f"http://{HOST}:{unused_port}/secret"), MESSAGE)


def test_a_mail_server_that_does_not_answer_is_not_waited_for(web_server, posted, mail_settings):
    # A web server waits for a question, where a mail server would greet.
    port = int(web_server.rpartition(":")[2])
    with pytest.raises(UndeliveredError, match="timed out"):
        send_mail(mail_settings(port, timeout=0.2), MESSAGE)
