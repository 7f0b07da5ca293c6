"""The Containerfile, taken apart: no image is built here.

What it copies is there and enough for the program, what it installs is locked by hash, and what it
starts runs as nobody in particular. Its commands for pip are those of the Makefile.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections import defaultdict

import pytest

from pipelines.settings import PROJECT_DIR
from tests.unit.deploy.places import BIN, DEPLOY, INSTALLED

FILE = DEPLOY / "Containerfile"
KNOWN = {
    *("FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "ENTRYPOINT", "CMD"),
}


def stages() -> list[dict[str, list[str]]]:
    """The instructions of each stage, by their names."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: list[dict[str, list[str]]] = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append(defaultdict(list))
        if name:
            found[-1][name].append(rest)
    return found


def copied() -> list[str]:
    build, _ = stages()
    return [source for line in build["COPY"] for source in line.split()[:-1]]


def test_it_holds_nothing_but_instructions():
    assert {name for stage in stages() for name in stage} == KNOWN


def test_both_stages_begin_from_the_same_small_python():
    assert [stage["FROM"][0].split(" AS ")[0] for stage in stages()] == ["python:3.11-slim"] * 2


def test_everything_it_copies_is_there():
    assert [source for source in copied() if not (PROJECT_DIR / source).exists()] == []


def test_what_it_copies_is_enough_for_the_program(tmp_path):
    for source in copied():
        path = PROJECT_DIR / source
        if path.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, tmp_path / source, ignore=ignored)
        else:
            shutil.copy(path, tmp_path / source)
    code = (
        "from pipelines.settings import PROJECT_DIR, load_settings; "
        "from pipelines.contracts.loader import load_contracts; "
        "from pipelines.quality.suites import load_suites; "
        "from pipelines.news import hash_of_code; "
        "settings = load_settings({}); "
        "assert load_contracts(settings) and load_suites(settings.expectations); "
        "assert settings.dbt_project.joinpath('dbt_project.yml').exists(); "
        "hash_of_code(); print(PROJECT_DIR)"
    )
    asked = subprocess.run(
        [BIN / "python", "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stdout.strip() == str(tmp_path), asked.stderr


def test_what_it_installs_is_locked_by_hash_and_nothing_more_is_fetched():
    build, image = stages()
    pip = [shlex.split(command) for command in build["RUN"] if "pip install" in command]
    assert len(pip) == 2
    locked, itself = pip
    assert {"--require-hashes", "-r", "requirements.lock"} <= set(locked)
    assert {"--no-deps", "--no-build-isolation", "-e", "."} <= set(itself)
    assert not [command for command in image["RUN"] if re.search("pip|apt|curl|wget", command)]


def test_it_runs_as_nobody_in_particular_and_keeps_its_data_outside():
    _, image = stages()
    [user], [volume] = image["USER"], image["VOLUME"]
    assert user == "10001:10001"
    assert f"QO_DATA_DIR={volume}" in image["ENV"][0].split()
    assert image["WORKDIR"] == [volume]
    assert f"install -d -o qo -g qo -m 0750 {volume}" in image["RUN"][0]


def test_it_starts_the_nightly_run():
    _, image = stages()
    assert (image["ENTRYPOINT"], image["CMD"]) == (['["qo"]'], ['["nightly"]'])
    assert f"PATH={INSTALLED}/.venv/bin:$PATH" in image["ENV"][0].split()
    assert (BIN / "qo").exists()


@pytest.mark.parametrize("option", ["--network none", "--read-only", "--tmpfs /tmp"])
def test_the_instructions_start_it_shut_in(option):
    assert option in (DEPLOY / "README.md").read_text(encoding="utf-8")
