"""The whole dbt project, built once by the pipeline's own runner over small histories."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.schemas import create_schemas
from pipelines.warehouse.transform import BuildResult, build, prepare
from tests.support.raw_tables import make_raw_tables

from .cases import ALL_CASES, FINDINGS, QUARANTINED, SOURCES
from .deliveries import write_deliveries
from .histories import (
    AS_OF,
    THIRD,
    insert,
    write_crowd,
    write_extracts,
    write_histories,
)


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path
) -> tuple[Settings, BuildResult]:
    """The data directory, and what dbt said of every model, test and unit test."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("dbt_project"), threads=2)
    shutil.copytree(prepared_dbt, settings.dbt_target)
    settings.warehouse_dir.mkdir(parents=True)
    with open_build(settings) as connection:
        create_schemas(connection)
        make_raw_tables(connection)
        insert(connection, "ops.batch", {"batch_no": 1})
        insert(connection, "ops.run", {"as_of": AS_OF, "run_id": "test"})
        for source, cadence in SOURCES.items():
            write_extracts(connection, source, cadence=cadence)
        write_histories(connection, ALL_CASES)
        for dataset, code, case_id in FINDINGS:
            if code == QUARANTINED:
                rejected = {"extract_id": f"{dataset}-{THIRD}", "case_id": case_id, "code": code}
                insert(connection, "ops.rejected_rows", rejected)
        write_deliveries(connection)
        write_crowd(connection, 600)
    return settings, build(settings)


@pytest.fixture(scope="session")
def modelled(built: tuple[Settings, BuildResult]) -> Settings:
    """A data directory whose working database holds every model; do not change it."""
    settings, outcome = built
    assert not outcome.failed, [f"{node.unique_id}: {node.message}" for node in outcome.failed]
    return settings


@pytest.fixture(scope="session")
def warehouse(modelled: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the built models."""
    with open_build(modelled, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def copy_warehouse(
    modelled: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Settings]:
    """Makes data directories of a test's own, with the built models and the parsed project."""

    def make() -> Settings:
        folder = tmp_path_factory.mktemp("copied")
        settings = modelled.model_copy(update={"data_dir": folder})
        shutil.copytree(modelled.dbt_target, settings.dbt_target)
        settings.warehouse_dir.mkdir()
        shutil.copyfile(modelled.build, settings.build)
        return settings

    return make


@pytest.fixture(scope="session")
def manifest(modelled: Settings) -> dict[str, Any]:
    """What dbt knows of the project."""
    content: dict[str, Any] = json.loads(prepare(modelled).read_text(encoding="utf-8"))
    return content
