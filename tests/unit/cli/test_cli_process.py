"""The end of a command's process: quick, with its status, and with nothing left undone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
import atexit, sys, threading, time
from pipelines.process import short_lived
class Kept:
    def __del__(self): print("taken apart")
kept = Kept()
atexit.register(print, "registered")
sys.stdout.write("written\\n")
"""


@pytest.fixture
def ended(tmp_path: Path):
    def run(lines: str) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "script.py"
        script.write_text(BEGIN + lines, encoding="utf-8")
        return subprocess.run(
            [sys.executable, script], capture_output=True, text=True, check=False, timeout=60
        )

    return run


def test_a_command_ends_with_its_status_once_all_is_done_that_was_registered(ended):
    found = ended("with short_lived(): sys.exit(3)")
    assert (found.returncode, found.stdout) == (3, "written\nregistered\n")


def test_what_still_works_is_waited_for(ended):
    found = ended(
        "main = threading.main_thread()\n"
        "threading.Thread(target=lambda: (main.join(), print('worked'))).start()\n"
        "with short_lived(): sys.exit(1)"
    )
    assert (found.returncode, "worked" in found.stdout) == (1, True)


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [("sys.exit('a sentence')", 1, "a sentence"), ("raise ValueError('lost')", 1, "lost")],
)
def test_other_ends_are_python_s_own(ended, end, status, said):
    found = ended(f"with short_lived(): {end}")
    assert found.returncode == status
    assert said in found.stderr


@pytest.mark.parametrize("own", [None, "narenas:1"])
def test_polars_is_told_to_give_memory_back_unless_the_site_says_otherwise(ended, monkeypatch, own):
    name = "_RJEM_MALLOC_CONF"
    if own is None:
        monkeypatch.delenv(name, raising=False)
    else:
        monkeypatch.setenv(name, own)
    found = ended(
        f"import os\nwith short_lived():\n    print(os.environ[{name!r}])\n    sys.exit(0)"
    )
    assert (own or "muzzy_decay_ms:0") in found.stdout
