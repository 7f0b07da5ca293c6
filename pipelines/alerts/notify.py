"""Tells whoever the settings name, and says how that went.

A message that does not arrive is said and changes nothing about the run it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.alerts.channels import UndeliveredError, post, send_mail
from pipelines.alerts.message import Message
from pipelines.settings import AlertSettings

Say = Callable[[str], None]
Channel = Callable[[AlertSettings, Message], None]


def notify(alert: AlertSettings, message: Message, say: Say) -> list[str]:
    """Put a message into the log and send it by every channel that is set up.

    Args:
        alert: Whom to tell.
        message: What.
        say: Takes a line for the log.

    Returns:
        What went wrong, a sentence for each channel that failed.
    """
    say(f"alert: {message.subject}")
    failures = []
    for name, send in channels(alert):
        try:
            send(alert, message)
        except UndeliveredError as error:
            failures.append(f"not delivered by {name}: {error}")
            say(f"alert: {failures[-1]}")
        else:
            say(f"alert: sent by {name}")
    return failures


def channels(alert: AlertSettings) -> Iterator[tuple[str, Channel]]:
    """The channels that are set up, beside the log."""
    if alert.email_to:
        yield f"mail to {', '.join(alert.email_to)}", send_mail
    if alert.webhook is not None:
        yield "webhook", post
