"""The definitions, loaded once for an empty data directory."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs.resources import using
from pipelines.settings import Settings


@pytest.fixture(scope="session")
def empty_settings(tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path) -> Settings:
    settings = Settings(data_dir=tmp_path_factory.mktemp("definitions"), lock_wait=0)
    shutil.copytree(prepared_dbt, settings.dbt_target)
    return settings


@pytest.fixture(scope="session")
def definitions(empty_settings: Settings) -> dg.Definitions:
    from pipelines.definitions import defs

    with using(empty_settings):
        return defs()
