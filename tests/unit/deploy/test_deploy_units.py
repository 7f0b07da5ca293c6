"""The units of systemd: sound, shut in, and naming only what is there.

No unit is started: what a service manager would do with them is as far as `systemd-analyze` tells.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_DIR, load_settings
from tests.unit.deploy.places import BIN, DATA, DEPLOY, INSTALLED

UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
ANALYZE = shutil.which("systemd-analyze")
SERVICES = [path for path in UNITS if path.suffix == ".service"]

SHUT_IN = {
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "PrivateDevices": "true",
    "NoNewPrivileges": "true",
    "CapabilityBoundingSet": "",
    "RestrictSUIDSGID": "true",
    "UMask": "0027",
    "User": "qo",
    "ReadWritePaths": DATA,
}


class Unit(configparser.RawConfigParser):
    """A unit file; of keys that stand several times all values, each on a line."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, comment_prefixes=("#",), delimiters=("=",))
        self.read_string(_with_repeats_joined(path.read_text(encoding="utf-8")))

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def _with_repeats_joined(text: str) -> str:
    lines: dict[str, str] = {}
    for place, line in enumerate(text.splitlines()):
        key = line.partition("=")[0] if line.startswith("Environment=") else f"{place}"
        more = "\n    " + line.partition("=")[2] if key in lines else line
        lines[key] = lines.get(key, "") + more
    return "\n".join(lines.values())


def commands(unit: Unit) -> list[str]:
    service = unit["Service"]
    return [service[key] for key in ("ExecStartPre", "ExecStart") if key in service]


def test_there_is_a_unit_for_each_thing_to_run():
    assert {path.name for path in UNITS} == {
        "qo-alert@.service",
        "qo-daemon.service",
        "qo-nightly.service",
        "qo-nightly.timer",
        "qo-webserver.service",
    }


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_it(path, tmp_path):
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed: the units were not verified")
    # The project stands here, not where the units expect it.
    for unit in UNITS:
        here = unit.read_text(encoding="utf-8").replace(f"{INSTALLED}/.venv/bin", str(BIN))
        (tmp_path / unit.name).write_text(here, encoding="utf-8")
    verified = verify(tmp_path / path.name)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_a_unit_with_a_mistake_is_seen(tmp_path):
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed: the units were not verified")
    wrong = tmp_path / "wrong.service"
    wrong.write_text("[Service]\nExecStart=/nothing\nProtectSystem=somewhat\n", encoding="utf-8")
    assert "wrong.service" in verify(wrong).stderr


def verify(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ANALYZE or "", "verify", "--man=no", "--recursive-errors=one", str(path)],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{path.parent}:"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_it_may_touch_its_data_alone(path):
    service = Unit(path)["Service"]
    assert {key: service.get(key) for key in SHUT_IN} == SHUT_IN
    assert service["ReadOnlyPaths"] == f"-{DATA}/landing"
    assert f"QO_DATA_DIR={DATA}" in service["Environment"].splitlines()


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_the_programs_it_starts_are_installed(path):
    for command in commands(Unit(path)):
        program = Path(command.split()[0])
        assert program.parent == Path(INSTALLED, ".venv/bin")
        assert (BIN / program.name).exists(), program


def test_the_night_is_at_one_there_and_is_made_up_for():
    timer = Unit(DEPLOY / "qo-nightly.timer")["Timer"]
    assert timer["OnCalendar"] == "*-*-* 01:00:00 Asia/Ho_Chi_Minh"
    assert timer["Persistent"] == "true"


def test_status_3_is_a_success_of_the_service_and_a_kill_is_told():
    unit = Unit(DEPLOY / "qo-nightly.service")
    assert unit["Service"]["SuccessExitStatus"] == "3"
    assert unit["Service"]["MemoryMax"]
    assert unit["Unit"]["OnFailure"] == "qo-alert@%n.service"


@pytest.mark.parametrize(
    ("ended", "is_told"),
    [
        ({"MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "1"}, False),
        ({"MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "2"}, False),
        ({"MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "203"}, True),
        ({"MONITOR_EXIT_CODE": "killed", "MONITOR_EXIT_STATUS": "KILL"}, True),
        ({}, True),
    ],
)
def test_what_a_run_told_itself_is_not_told_again(ended, is_told):
    condition = Unit(DEPLOY / "qo-alert@.service")["Service"]["ExecCondition"]
    script = re.fullmatch(r"/bin/sh -c '(.*)'", condition)
    assert script is not None
    asked = subprocess.run(["/bin/sh", "-c", script[1].replace("$$", "$")], env=ended, check=False)
    assert (asked.returncode == 0) == is_told


def test_the_pages_are_for_this_machine_only():
    command = Unit(DEPLOY / "qo-webserver.service")["Service"]["ExecStart"]
    assert re.search(r"--host 127\.0\.0\.1 ", command)
    for path in (*SERVICES, PROJECT_DIR / "Makefile", DEPLOY / "Containerfile"):
        assert not re.search(r"\b0\.0\.0\.0\b", path.read_text(encoding="utf-8"))


def test_make_dev_opens_the_pages_for_this_machine_only():
    said = subprocess.run(
        [shutil.which("make") or "make", "--no-print-directory", "--dry-run", "dev"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"exec \S*dagster dev -h 127\.0\.0\.1 -p 3000 ", said.stdout)
    assert "umask 027" in said.stdout


@pytest.mark.parametrize("name", ["dagster-webserver", "dagster-daemon"])
def test_the_options_of_daemons_are_known(name):
    service = "qo-webserver" if name == "dagster-webserver" else "qo-daemon"
    words = Unit(DEPLOY / f"{service}.service")["Service"]["ExecStart"].split()[1:]
    asked = [word for word in words if word == "run"]
    helped = subprocess.run(
        [BIN / name, *asked, "--help"], capture_output=True, text=True, check=True
    )
    options = [word for word in words if word.startswith("-")]
    assert options
    assert [option for option in options if option not in helped.stdout] == []


def test_the_settings_in_the_instructions_are_settings():
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    given = dict(re.findall(r"^(QO_[A-Z_]+)=(.+)$", text, re.MULTILINE))
    assert len(given) > 3
    assert load_settings(given).alert.email_to


def test_the_environment_is_this_one():
    assert Path(sys.executable).parent == BIN
