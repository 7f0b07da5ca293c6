"""The command line: statuses, sentences, and a start that imports nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_DIR

HEAVY = ("dagster", "dbt", "great_expectations", "pandas", "polars", "duckdb", "sqlalchemy")


def run(*arguments: str, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if not name.startswith("QO_")
    }
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        cwd=PROJECT_DIR,
        env={**environment, "QO_DATA_DIR": str(data_dir), **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_starts_without_heavy_libraries():
    code = (
        "import sys, pipelines.cli; "
        f"print([name for name in {HEAVY!r} if name in sys.modules], end='')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]"


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "sentence"),
    [
        (["scorecard"], {}, 1, "qo nightly"),
        (["scorecard", "--period", "2022-Q5"], {}, 2, "2022-Q1"),
        (["scorecard", "--as-known-on", "2022-12-31"], {}, 1, "qo nightly"),
        (["scorecard", "--as-known-on", "December"], {}, 2, "--as-known-on"),
        (["scorecard", "--basis", "due"], {}, 2, "--basis"),
        (["explain", "05b", "--period", "soon"], {}, 2, "not a period"),
        (["scorecard"], {"QO_THREDS": "2"}, 2, "QO_THREDS is not a setting"),
        (["nightly"], {"QO_AS_OF": "yesterday"}, 2, "QO_AS_OF"),
        (["nightly", "--as-of", "2022"], {}, 2, "--as-of"),
        (["check", "Makefile", "--source", "nowhere"], {}, 2, "No contract is called 'nowhere'"),
        (["rollback"], {}, 2, "Kept editions: none"),
        (["compute"], {}, 2, "No such command"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_a_status(
    tmp_path, arguments, settings, status, sentence
):
    found = run(*arguments, data_dir=tmp_path, **settings)
    assert found.returncode == status
    assert sentence in found.stderr
    assert "Traceback" not in found.stderr
    assert found.stdout == ""


def test_a_bad_contract_stops_everything_before_it_starts(tmp_path):
    (tmp_path / "contracts").mkdir()
    contract = tmp_path / "contracts" / "permits.yml"
    contract.write_text("source: permits\ndataset: dossierz\ncolumns: {}\n", encoding="utf-8")
    found = run("nightly", data_dir=tmp_path)
    assert found.returncode == 2
    assert "permits.yml" in found.stderr
    assert "dataset" in found.stderr
    assert not (tmp_path / "warehouse").exists()
