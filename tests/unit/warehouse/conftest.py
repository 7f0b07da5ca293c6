"""Data directories with real files, and second processes that are told what to do by pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.contracts.datasets import DATASETS
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.schemas import create_schemas

POLARS_TYPES = {
    "text": pl.String,
    "int": pl.Int64,
    "bool": pl.Boolean,
    "instant": pl.Datetime("us"),
    "date": pl.Date,
    "month": pl.String,
}


class Other:
    """Another Python process: it runs a script and answers line by line."""

    def __init__(self, script: str, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-c", script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT_DIR,
        )

    def hear(self) -> str:
        """The next line that it prints; empty when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self) -> None:
        """Let it go on."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Wait for it and return its exit status."""
        self.process.communicate()
        return self.process.returncode


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data dir's", lock_wait=0, snapshots=3)


@pytest.fixture
def other() -> Iterator[Callable[..., Other]]:
    started: list[Other] = []

    def start(script: str, *arguments: object) -> Other:
        started.append(Other(script, *arguments))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.process.communicate()


@pytest.fixture
def build(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_build(settings) as con:
        create_schemas(con)
        yield con


class RawStore:
    """Writes what reading extracts leaves under raw/: a Parquet file, an account, its lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self,
        extract_id: str,
        rows: list[dict[str, object]],
        *,
        source: str = "units",
        dataset: str = "units",
        **account: object,
    ) -> None:
        """An extract of a source with its rows (only the columns that matter)."""
        self.write_rows(extract_id, rows, source, dataset)
        facts: dict[str, object] = {
            "extract_id": extract_id,
            "source": source,
            "dataset": dataset,
            "file_name": f"{extract_id}.csv",
            "sha256": "0" * 64,
            "size_bytes": 1,
            "extracted_on": "2022-03-31",
            "rows_read": len(rows),
            "rows_accepted": len(rows),
            "rows_rejected": 0,
            "rows_duplicate": 0,
            "status": "loaded",
            "error": None,
            "loaded_at": "2022-04-01T01:00:00+00:00",
            "mode": "full",
            "contract_version": "v1",
            "first_seen_at": "2022-04-01T01:00:00+00:00",
            "manifest_sha256": None,
            "mtime_ns": 1,
        }
        self.write_account(facts | account)

    def write_rows(
        self, extract_id: str, rows: list[dict[str, object]], source: str, dataset: str
    ) -> None:
        schema = {column.name: POLARS_TYPES[column.type] for column in DATASETS[dataset].columns}
        lineage = {"_source": pl.String, "_extract_id": pl.String, "_extracted_on": pl.Date}
        frame = pl.DataFrame(
            [
                row
                | {
                    "_source": source,
                    "_extract_id": extract_id,
                    "_extracted_on": date(2022, 3, 31),
                    "_row_number": number,
                }
                for number, row in enumerate(rows, start=2)
            ],
            schema={**schema, **lineage, "_row_number": pl.Int64},
        )
        (self.folder / source / "accounts").mkdir(parents=True, exist_ok=True)
        frame.write_parquet(self.folder / source / f"{extract_id}.parquet")

    def write_account(self, facts: dict[str, object]) -> None:
        folder = self.folder / str(facts["source"]) / "accounts"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{facts['extract_id']}.json"
        path.write_text(json.dumps(facts), encoding="utf-8")

    def change(self, extract_id: str, source: str = "units", **changes: object) -> None:
        """Write an account again with other facts."""
        path = self.folder / source / "accounts" / f"{extract_id}.json"
        self.write_account(json.loads(path.read_text(encoding="utf-8")) | changes)

    def add_lines(
        self, extract_id: str, kind: str, lines: list[dict[str, object]], source: str = "units"
    ) -> None:
        """Rejections or issues beside an account."""
        path = self.folder / source / "accounts" / f"{extract_id}.{kind}.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture
def raw(settings: Settings) -> RawStore:
    return RawStore(settings.raw)


@pytest.fixture
def scorecard(settings: Settings) -> Callable[[int], None]:
    """Builds a scorecard of one figure, in the shape of the real one: a view with the stamp."""

    def make(numerator: int) -> None:
        with open_build(settings) as con:
            create_schemas(con)
            con.execute("create schema if not exists marts")
            con.execute(
                "create or replace table marts.figures as "
                "select '05b' as measure_id, ? as numerator",
                [numerator],
            )
            con.execute(
                "create or replace view marts.scorecard as "
                "select f.*, p.published_at from marts.figures as f "
                "left join ops.publication as p on true"
            )

    return make
