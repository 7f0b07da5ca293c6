"""A mail server and a web server on this machine, and a run that has something to tell."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller

from pipelines.alerts.message import Run
from pipelines.nightly import NIGHTLY
from pipelines.settings import AlertSettings, Settings
from tests.support.servers import HOST, Mailbox, Posted


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(server)
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return server, file


@pytest.fixture
def trusted(authority: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process trust the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    """Starts mail servers; each gives its port."""
    running: list[Controller] = []

    def start(**options: Any) -> int:
        port = free_port()
        controller = Controller(mailbox, hostname=HOST, port=port, **options)
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def posted() -> Posted:
    return Posted()


@pytest.fixture
def web_server(posted: Posted) -> Iterator[str]:
    """A web server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if posted.is_silent:
                posted.over.wait()
                return
            posted.bodies.append((self.path, json.loads(body)))
            self.send_response(posted.status)
            if posted.location:
                self.send_header("Location", posted.location)
            self.end_headers()

        def do_GET(self) -> None:
            posted.bodies.append((self.path, {}))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield f"http://{HOST}:{server.server_port}"
    posted.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody answers."""
    return free_port()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def mail_settings() -> Callable[..., AlertSettings]:
    """Settings for mail through a server on this machine."""

    def make(port: int, **more: Any) -> AlertSettings:
        given = {"email_to": "a@example.vn, b@example.vn", "smtp_host": HOST, "smtp_port": port}
        return AlertSettings.model_validate({"smtp_security": "none", "timeout": 5} | given | more)

    return make


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(NIGHTLY, Settings(data_dir=tmp_path), date(2022, 12, 31))
