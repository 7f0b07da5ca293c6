"""The calendar, the seeds and `dim_measure`, built once by the project's own dbt."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.schemas import create_schemas
from pipelines.warehouse.transform import BUILD_PATH_VARIABLE, build

SELECTION = ["+dim_date", "+dim_measure", "+int_working_hours"]


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
def calendar(tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path) -> Settings:
    """A data directory with the calendar built."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("dbt_calendar"))
    shutil.copytree(prepared_dbt, settings.dbt_target)
    with open_build(settings) as connection:
        create_schemas(connection)
        connection.execute("insert into ops.run values ('2022-12-31', now(), 'test')")
    # The data tests run wherever the whole project is built.
    outcome = build(settings, select=SELECTION, exclude=["resource_type:test"])
    assert not outcome.failed, [f"{node.unique_id}: {node.message}" for node in outcome.failed]
    return settings


@pytest.fixture(scope="session")
def calendar_db(calendar: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(calendar.build)) as connection:
        yield connection


@pytest.fixture(scope="session")
def compiled(calendar: Settings, calendar_db: duckdb.DuckDBPyConnection) -> Callable[[str], str]:
    """Turns SQL with the project's macros and refs into what DuckDB reads."""

    def compile_inline(sql: str) -> str:
        with pytest.MonkeyPatch.context() as patch:
            # By the path it was parsed with, dbt finds its parsed project fit for use.
            patch.chdir(calendar.warehouse_dir)
            patch.setenv(BUILD_PATH_VARIABLE, calendar.build.name)
            (result,) = invoke(["compile", "--inline", sql], calendar.dbt_target)
        return str(result.node.compiled_code)

    return compile_inline
