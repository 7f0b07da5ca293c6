"""What the contract tests share: the smallest sound contract, and a way to write contracts down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.contracts.model import Contract

MakeContract = Callable[..., Contract]
WriteContract = Callable[[str, str], Path]


@pytest.fixture
def dossiers() -> MakeContract:
    """Makes a contract for dossiers: the required columns, the given ones, the given keys."""

    def make(columns: dict[str, Any] | None = None, **keys: Any) -> Contract:
        required: dict[str, Any] = {"dossier_id": {}, "received_at": {}, "status": {}}
        content = {"source": "site", "dataset": "dossiers", **keys}
        return Contract.model_validate({**content, "columns": required | (columns or {})})

    return make


@pytest.fixture
def write(tmp_path: Path) -> WriteContract:
    """Writes text into the contracts folder of a fresh data directory."""

    def to_file(name: str, text: str) -> Path:
        path = tmp_path / "contracts" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return to_file
