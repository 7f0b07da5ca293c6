"""A run of the checks asks no network, leaves no file, prints nothing, loads no statistics."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipelines.settings import PROJECT_DIR

PROGRAM = """
import socket
import sys
from pathlib import Path


def refuse(*args, **kwargs):
    raise AssertionError(f"network access: {args}")


socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.getaddrinfo = socket.create_connection = refuse

import duckdb

from pipelines.quality.run import run_suites
from pipelines.quality.suites import load_suites

suites = load_suites(Path(sys.argv[1]))
with duckdb.connect(sys.argv[2], read_only=True) as con:
    results = run_suites(con, suites)
assert {result.outcome for result in results} == {"passed"}
assert "scipy.stats.distributions" not in sys.modules
"""


def test_no_network_no_files_no_noise(clean_file: Path, tmp_path: Path) -> None:
    empty = {name: tmp_path / name for name in ("home", "work", "temp")}
    for directory in empty.values():
        directory.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT_DIR),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(empty["home"]),
        "TMPDIR": str(empty["temp"]),
    }

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(PROJECT_DIR / "expectations"), str(clean_file)],
        cwd=empty["work"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path for directory in empty.values() for path in directory.rglob("*")] == []
