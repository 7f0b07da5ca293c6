"""What a mail server and a web server of a test got, and how they are to answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

USER, PASSWORD = "qo", "hard to guess 7!"
HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What a mail server got.

    Attributes:
        refused: Addresses that it does not take mail for.
        mails: Everything that it took.
        users: Who logged in.
    """

    refused: set[str] = field(default_factory=set)
    mails: list[EmailMessage] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, EmailMessage, policy=policy.default))
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _env: Any, _how: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        is_right = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
        self.users += [data.login.decode()] if is_right else []
        return AuthResult(success=is_right, handled=is_right)


@dataclass
class Posted:
    """What a web server got, and what it answers.

    Attributes:
        status: Of its answer.
        location: Where it sends us instead, if anywhere.
        is_silent: It takes the request and says nothing.
        bodies: The requests, read as JSON, with their path.
    """

    status: int = 204
    location: str | None = None
    is_silent: bool = False
    bodies: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
