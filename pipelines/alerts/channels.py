"""How a message gets to people: by mail, or to a webhook as JSON. Nothing here decides whether."""

from __future__ import annotations

import json
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipelines.alerts.message import Message
from pipelines.errors import QoError
from pipelines.settings import AlertSettings

if TYPE_CHECKING:
    import smtplib

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class UndeliveredError(QoError):
    """A message did not get where it should; the sentence holds no secret."""


def send_mail(alert: AlertSettings, message: Message) -> None:
    """Hand the message to the mail server that the settings name.

    Certificates are verified, by the system's authorities or those of `SSL_CERT_FILE`.

    Raises:
        UndeliveredError: The server cannot be reached, or refuses it for some of the addresses.
    """
    import smtplib

    try:
        with _connect(alert) as server:
            if alert.smtp_user is not None and alert.smtp_password is not None:
                server.login(alert.smtp_user, alert.smtp_password.get_secret_value())
            refused = server.send_message(_mail(alert, message))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise UndeliveredError(f"{_server(alert)}: {_reason(error)}") from error
    if refused:
        raise UndeliveredError(f"{_server(alert)} refused it for {', '.join(sorted(refused))}")


def post(alert: AlertSettings, message: Message) -> None:
    """Send the message to the webhook: `subject`, `text` (both, as chats show it) and its facts.

    Raises:
        UndeliveredError: The server cannot be reached in time or does not answer with success.
    """
    import http.client
    import urllib.request

    assert alert.webhook is not None, "nobody posts without an address"
    address = alert.webhook.get_secret_value()
    said = {"subject": message.subject, "text": f"{message.subject}\n\n{message.text}"}
    request = urllib.request.Request(  # noqa: S310 - http and https only, see AlertSettings
        address,
        data=json.dumps(said | dict(message.facts), ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    try:
        urllib.request.build_opener(_stay_here()).open(request, timeout=alert.timeout).close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        host = urlsplit(address).hostname
        raise UndeliveredError(f"the webhook on {host}: {_reason(error)}") from error


def _connect(alert: AlertSettings) -> smtplib.SMTP:
    import smtplib
    import ssl

    host, port = alert.smtp_host or "", alert.smtp_port or _PORTS[alert.smtp_security]
    if alert.smtp_security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=alert.timeout, context=context)
    server = smtplib.SMTP(host, port, timeout=alert.timeout)
    if alert.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
    return server


def _mail(alert: AlertSettings, message: Message) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = alert.email_from or alert.email_to[0]
    mail["To"] = ", ".join(alert.email_to)
    mail["Date"] = localtime()
    mail["Message-ID"] = make_msgid(domain="qo.invalid")
    # Keeps notes of absence from coming back.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _stay_here() -> Any:
    """An answer that sends us elsewhere is no success: what was posted would not go along."""
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    return Stay()


def _server(alert: AlertSettings) -> str:
    return f"the mail server {alert.smtp_host}"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
