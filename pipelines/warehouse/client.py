"""DuckDB's own terminal client, opened on the published warehouse without the right to write."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import ConfigurationError, RunError
from pipelines.settings import LOCAL_ZONE, Settings

_PREPARE = (
    "set autoinstall_known_extensions = false",
    f"set TimeZone = '{LOCAL_ZONE.key}'",
    "set search_path = 'marts'",
)
"""As every reader of this project has it; tables are found without their schema."""


def client_command(settings: Settings, query: str | None = None, *, csv: bool = False) -> list[str]:
    """The command that opens the client, or runs one query with it.

    Args:
        settings: Names the published warehouse.
        query: What to ask; the client asks the user without.
        csv: Print the answer as CSV.

    Raises:
        ConfigurationError: The client is not installed.
        RunError: Nothing has been published yet.
    """
    if not settings.published.exists():
        raise RunError(
            f"No warehouse is published in {settings.warehouse_dir}: run `qo nightly` first."
        )
    output = ["-csv"] if csv else []
    asked = ["-c", query] if query is not None else []
    return [_program(), "-readonly", *output, *_prepared(), str(settings.published), *asked]


def _prepared() -> Sequence[str]:
    return [part for statement in _PREPARE for part in ("-cmd", f"{statement};")]


def _program() -> str:
    """The client of this environment, which has the version of the library."""
    beside = Path(sys.executable).with_name("duckdb")
    found = str(beside) if beside.exists() else shutil.which("duckdb")
    if found is None:
        raise ConfigurationError(
            "DuckDB's terminal client is not installed here: `pip install duckdb-cli`, or open "
            "the file with any other client of README's list."
        )
    return found
