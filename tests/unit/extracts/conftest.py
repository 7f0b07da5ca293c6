"""Small invented extracts and contracts for the tests of reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.datasets import DATASETS
from pipelines.contracts.model import Contract
from pipelines.extracts.layout.headers import ROW_NUMBER
from pipelines.settings import Settings
from tests.unit.extracts.whole import WholeAccount, account

DOSSIER_COLUMNS = ("dossier_id", "received_at", "due_at", "completed_at", "returned_at", "status")
EXTRACTED_ON = date(2022, 3, 31)


def _make_contract(dataset: str = "dossiers", **changes: Any) -> Contract:
    """A contract that reads every column of a dataset under its Vietnamese header."""
    columns = {column.name: {} for column in DATASETS[dataset].columns}
    content = {
        "source": dataset,
        "dataset": dataset,
        "extracted_on": r"(\d{4}-\d{2}-\d{2})",
        "columns": columns,
    }
    return Contract.model_validate(content | changes)


@pytest.fixture
def make_contract() -> Callable[..., Contract]:
    """Makes a contract of any dataset; keywords replace its parts."""
    return _make_contract


@pytest.fixture
def contract() -> Contract:
    """Dossiers with the columns that the row checks look at, and one of each type."""
    names = (*DOSSIER_COLUMNS, "channel", "supplement_count", "deadline_exempt")
    return _make_contract(columns={name: {} for name in names})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data directory of the test's own."""
    return Settings(data_dir=tmp_path / "data")


Rows = Sequence[Mapping[str, str | None]]
AccountFor = Callable[..., WholeAccount]


@pytest.fixture
def account_for(contract: Contract) -> AccountFor:
    """Accounts for rows given as text; numbers them from 2, as below a header."""

    def run(rows: Rows, using: Contract = contract, on: date | None = EXTRACTED_ON) -> WholeAccount:
        frame = pl.DataFrame(
            list(rows), schema={name: pl.String for row in rows for name in row}
        ).with_columns(pl.int_range(2, len(rows) + 2, dtype=pl.Int64).alias(ROW_NUMBER))
        return account(frame, using, on)

    return run
