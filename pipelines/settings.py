"""The only place that knows paths and the environment.

Settings are environment variables with the prefix `QO_` (and an optional `.env` in the working
directory). Nothing here touches the disk at import; folders are made by whoever writes to them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import ConfigurationError

PREFIX = "QO_"
LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PROJECT_DIR = Path(__file__).resolve().parents[1]


class Settings(BaseModel):
    """One run's settings and every path that hangs off the data directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = PROJECT_DIR / "data"
    as_of: date | None = None
    snapshots: Annotated[int, Field(ge=1)] = 14
    threads: Annotated[int, Field(ge=1)] | None = None
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s?[KMGT]i?B$")] | None = None
    lock_wait: Annotated[float, Field(ge=0)] = 60.0
    """Seconds a second writer waits for the first one before it gives up."""

    @property
    def landing(self) -> Path:
        """Extracts as delivered, one folder per source; read-only for the pipeline."""
        return self.data_dir / "landing"

    @property
    def contracts(self) -> Path:
        """The site's own contracts."""
        return self.data_dir / "contracts"

    @property
    def raw(self) -> Path:
        """Accepted rows, one Parquet file per extract, with their accounts beside them."""
        return self.data_dir / "raw"

    @property
    def warehouse_dir(self) -> Path:
        """The folder of the database files."""
        return self.data_dir / "warehouse"

    @property
    def build(self) -> Path:
        """The pipeline's own working database."""
        return self.warehouse_dir / "build.duckdb"

    @property
    def published(self) -> Path:
        """The published warehouse."""
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def snapshot_dir(self) -> Path:
        """The kept editions of the published warehouse."""
        return self.warehouse_dir / "snapshots"

    @property
    def lock_file(self) -> Path:
        """The file whose kernel lock makes a run the only writer."""
        return self.warehouse_dir / "run.lock"

    @property
    def reports(self) -> Path:
        """What people read, written from the published warehouse."""
        return self.data_dir / "reports"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history, shared by `qo nightly` and the UI."""
        return self.data_dir / ".dagster"

    @property
    def dbt_target(self) -> Path:
        """dbt's compiled project: manifest, partial parse and run results."""
        return self.data_dir / ".dbt"

    @property
    def scratch(self) -> Path:
        """What a run puts aside while it works; gone at its end, or cleared by the next one."""
        return self.data_dir / ".scratch"

    @property
    def dbt_project(self) -> Path:
        """The dbt project, shipped with the code."""
        return PROJECT_DIR / "dbt_project"

    @property
    def expectations(self) -> Path:
        """The expectation suites, shipped with the code."""
        return PROJECT_DIR / "expectations"

    def evaluation_date(self, now: datetime) -> date:
        """The as-of date of a run that starts at the aware instant `now`."""
        return self.as_of or now.astimezone(LOCAL_ZONE).date()


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, with `.env` below it.

    Args:
        environment: Variables to read instead of the process's own (then `.env` is not read).

    Raises:
        ConfigurationError: A variable with the prefix is unknown or malformed; it is named.
    """
    if environment is None:
        dotenv = {key: value for key, value in dotenv_values(".env").items() if value is not None}
        environment = {**dotenv, **os.environ}
    values = {
        key.removeprefix(PREFIX).lower(): value
        for key, value in environment.items()
        if key.startswith(PREFIX) and value != ""
    }
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(_explain(error)) from error
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def _explain(error: ValidationError) -> str:
    sentences = []
    for problem in error.errors():
        name = PREFIX + str(problem["loc"][0]).upper()
        if problem["type"] == "extra_forbidden":
            known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
            sentences.append(f"{name} is not a setting; known ones are {known}.")
        else:
            sentences.append(f"{name}={problem['input']!r} is not valid: {problem['msg']}.")
    return " ".join(sentences)
