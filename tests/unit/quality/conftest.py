"""A working database on which every shipped expectation holds, and ways to spoil copies of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.contracts.datasets import DATASETS
from pipelines.quality.results import ExpectationResult
from pipelines.quality.run import run_suites
from pipelines.quality.suites import Suite, load_suites
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.schemas import create_schemas
from tests.support.raw_tables import make_raw_tables

CLEAN_ROWS = Path(__file__).parent / "clean_rows.yml"

Evaluate = Callable[..., list[ExpectationResult]]


@pytest.fixture(scope="session")
def shipped() -> list[Suite]:
    """The suites that the project ships."""
    return load_suites(PROJECT_DIR / "expectations")


@pytest.fixture(scope="session")
def clean_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working database with clean rows in every table."""
    path = tmp_path_factory.mktemp("clean") / "build.duckdb"
    with duckdb.connect(path) as con:
        create_schemas(con)
        make_raw_tables(con)
        for dataset, rows in yaml.safe_load(CLEAN_ROWS.read_text(encoding="utf-8")).items():
            lineage = {
                "_source": dataset,
                "_extract_id": _extract_id(dataset),
                "_extracted_on": "2022-07-01",
            }
            for number, row in enumerate(rows, start=2):
                _insert(con, f"raw.{dataset}", {**row, **lineage, "_row_number": number})
            _insert(con, "ops.extract_log", _account(dataset, len(rows)))
            pending = {"extract_id": _extract_id(dataset), "dataset": dataset}
            _insert(con, "ops.pending", pending)
        _insert(con, "ops.extract_log", OLDER_ACCOUNT)
        _insert(con, "ops.extract_log", REJECTED_ACCOUNT)
        _insert(con, "ops.rejected_rows", REJECTED_ROW)
    return path


@pytest.fixture(scope="session")
def work(
    clean_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the clean database that tests may spoil, with the clean one attached."""
    path = tmp_path_factory.mktemp("work") / "build.duckdb"
    shutil.copyfile(clean_file, path)
    with duckdb.connect(path) as con:
        con.execute(f"attach '{clean_file}' as clean (read_only)")
        yield con


@pytest.fixture
def evaluate(work: duckdb.DuckDBPyConnection) -> Evaluate:
    """Evaluates suites on clean rows that the given statements spoiled, then makes up for it.

    A file per evaluation would be plainer and takes three times as long.
    """

    def evaluate(suites: Sequence[Suite], *spoil: str, **options: Any) -> list[ExpectationResult]:
        tables = work.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'clean'"
        ).fetchall()
        try:
            for statement in spoil:
                work.execute(statement)
            return run_suites(work, suites, **options)
        finally:
            for (table,) in tables:
                if any(table in statement for statement in spoil):
                    work.execute(f"create or replace table {table} as from clean.{table}")

    return evaluate


def _extract_id(dataset: str) -> str:
    return f"{list(DATASETS).index(dataset):016x}"


def _account(dataset: str, accepted: int) -> dict[str, Any]:
    return {
        "extract_id": _extract_id(dataset),
        "source": dataset,
        "dataset": dataset,
        "file_name": f"{dataset}_2022-07-01.csv",
        "sha256": "0" * 64,
        "size_bytes": 1,
        "extracted_on": "2022-07-01",
        "rows_read": accepted,
        "rows_accepted": accepted,
        "rows_rejected": 0,
        "rows_duplicate": 0,
        "status": "loaded",
        "mode": "full",
        "loaded_at": "2022-07-02 01:00:00+07",
        "first_seen_at": "2022-07-02 01:00:00+07",
        "arrival_no": 3,
    }


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" for _ in row)
    con.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))


OLDER_ACCOUNT = _account("dossiers", 0) | {
    "extract_id": "f" * 16,
    "file_name": "dossiers_2022-06-01.csv",
    "extracted_on": "2022-06-01",
    "rows_read": 1,
    "rows_rejected": 1,
    "loaded_at": "2022-06-02 01:00:00+07",
    "arrival_no": 1,
}
"""An extract of the month before, whose only row was quarantined."""

REJECTED_ROW = {
    "extract_id": "f" * 16,
    "source": "dossiers",
    "file_name": "dossiers_2022-06-01.csv",
    "row_number": 2,
    "reason": "The status 'Treo' is not mapped.",
    "code": "UNMAPPED_STATUS",
    "case_id": "H57.12-220105-0001",
    "column_name": "status",
    "raw_value": "Treo",
}

REJECTED_ACCOUNT = _account("dossiers", 0) | {
    "extract_id": "e" * 16,
    "rows_read": None,
    "rows_accepted": None,
    "rows_rejected": None,
    "rows_duplicate": None,
    "extracted_on": None,
    "status": "rejected",
    "error": "The file has no extract date.",
    "arrival_no": 2,
}
"""A file that could not be read at first and was mended under the same name."""
