"""A night reaches no network: no telemetry of any library, no download, not even an attempt."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.security.conftest import NO_NETWORK

ATTEMPTS = {
    "connect": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "name": "import socket; socket.getaddrinfo('example.invalid', 80)",
    "datagram": (
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))"
    ),
    "web": "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=1)",
    "child": "import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', "
    "\"import socket; socket.getaddrinfo('example.invalid', 80)\"], check=True)",
}


def test_a_night_makes_no_attempt(night):
    assert night.run.status == 3, night.run
    assert night.attempts == ()


def test_compiled_libraries_need_none_either(night):
    if not night.is_cut_off:
        pytest.skip("unshare --net is not allowed here: libraries in C were not cut off")
    assert night.run.status == 3


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_attempt_is_refused_and_written_down(tmp_path, attempt):
    attempts = tmp_path / "attempts"
    environment = {"PYTHONPATH": str(NO_NETWORK), "NETWORK_ATTEMPTS": str(attempts)}
    tried = subprocess.run(
        [sys.executable, "-c", ATTEMPTS[attempt]],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode != 0
    assert "no network here" in tried.stderr
    assert attempts.read_text(encoding="utf-8").startswith("socket.")


def test_sockets_of_the_machine_itself_are_left_alone(tmp_path):
    code = (
        "import socket; here = socket.socket(socket.AF_UNIX); here.bind('s'); here.listen(); "
        "socket.socket(socket.AF_UNIX).connect('s'); print('connected')"
    )
    environment = {"PYTHONPATH": str(NO_NETWORK), "NETWORK_ATTEMPTS": str(tmp_path / "attempts")}
    tried = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.stdout == "connected\n", tried.stderr
    assert not (tmp_path / "attempts").exists()
