"""The calendar, the seeds and `dim_measure`, built once by the project's own dbt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT_DIR

SELECTION = ["+dim_date", "+dim_measure", "int_working_days"]


def invoke(arguments: list[str], target: Path) -> list[object]:
    from dbt.cli.main import dbtRunner

    folders = {"project-dir": PROJECT_DIR / "dbt_project", "target-path": target}
    folders |= {"profiles-dir": folders["project-dir"], "log-path": target}
    options = [f"--{option}={folder}" for option, folder in folders.items()]
    outcome = dbtRunner().invoke(["--quiet", *arguments, *options])
    assert outcome.success, outcome.exception or [
        f"{result.node.name}: {result.message}"
        for result in outcome.result.results
        if str(result.status) not in {"success", "pass"}
    ]
    return list(outcome.result.results)


@pytest.fixture(scope="session")
def calendar_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `calendar.duckdb`, built, and dbt's target beside it."""
    target = tmp_path_factory.mktemp("dbt_calendar")
    database = target / "calendar.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema ops; create table ops.run as"
            " select date '2022-12-31' as as_of, now() as run_at, 'test' as run_id"
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILD_DATABASE_PATH", str(database))
        # The data tests run wherever the whole project is built.
        invoke(["build", "--select", *SELECTION, "--exclude-resource-type", "test"], target)
    return target


@pytest.fixture(scope="session")
def calendar_db(calendar_target: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(calendar_target / "calendar.duckdb")) as connection:
        yield connection


@pytest.fixture(scope="session")
def compiled(calendar_target: Path, calendar_db: duckdb.DuckDBPyConnection) -> Callable[[str], str]:
    """Turns SQL with the project's macros and refs into what DuckDB reads."""

    def compile_inline(sql: str) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BUILD_DATABASE_PATH", str(calendar_target / "calendar.duckdb"))
            (result,) = invoke(["compile", "--inline", sql], calendar_target)
        return str(result.node.compiled_code)

    return compile_inline
