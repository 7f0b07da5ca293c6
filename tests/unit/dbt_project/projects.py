"""Copies of the dbt project that a test may add to or change."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.settings import PROJECT_DIR, Settings


class SettingsElsewhere(Settings):
    """Settings with a dbt project of their own."""

    project: Path

    @property
    def dbt_project(self) -> Path:
        """The copy of the project."""
        return self.project


def with_own_project(settings: Settings, folder: Path) -> SettingsElsewhere:
    """The same data directory, and a fresh copy of the project in the folder."""
    project = folder / "dbt_project"
    shutil.copytree(PROJECT_DIR / "dbt_project", project)
    return SettingsElsewhere(**dict(settings), project=project)
