"""The real pipeline by its plain functions, without Dagster or Great Expectations, for speed.

Tests write extracts row by row under canonical column names; `night` reads what is new, loads it
and builds the models; `ask` queries the result, which need not be published.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts.loader import load_contracts
from pipelines.extracts.ingest import ingest
from pipelines.extracts.landing import scan
from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build
from pipelines.warehouse.load import load, write_run
from pipelines.warehouse.merging import settle
from pipelines.warehouse.transform import BuildResult, build

Row = Mapping[str, Any]
Values = Sequence[Any] | Mapping[str, Any]

FIRST_NIGHT = datetime(2022, 1, 1, 18, 0, tzinfo=UTC)


class Pipeline:
    """A data directory, its landing folders and its working database.

    Attributes:
        settings: Names the data directory.
        nights: How many times the pipeline has run.
    """

    def __init__(self, folder: Path, prepared_dbt: Path) -> None:
        """Make the data directory.

        Args:
            folder: Where.
            prepared_dbt: The folder `.dbt` of another one, with the project parsed.
        """
        self.settings = Settings(data_dir=folder, threads=os.cpu_count())
        self.nights = 0
        self._database: duckdb.DuckDBPyConnection | None = None
        shutil.copytree(prepared_dbt, self.settings.dbt_target)

    def contract(self, source: str, dataset: str, columns: Iterable[str], *more: str) -> None:
        """Write a site contract that reads columns under their canonical names.

        Args:
            source: Name of the source.
            dataset: The dataset it feeds.
            columns: The columns it delivers.
            *more: Further lines, such as `precision: timestamp`.
        """
        lines = [f"source: {source}", f"dataset: {dataset}", *more]
        lines += [r'extracted_on: "(\\d{4}-\\d{2}-\\d{2})"', "columns:"]
        lines += [f"  {column}: {{}}" for column in columns]
        self.settings.contracts.mkdir(parents=True, exist_ok=True)
        path = self.settings.contracts / f"{source}.yml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def deliver(
        self, source: str, extracted_on: date | str, rows: Iterable[Row], part: str = ""
    ) -> Path:
        """Lay an extract into the landing folder of a source.

        Args:
            source: Name of the source.
            extracted_on: Date of the extract.
            rows: Canonical column -> value; a column that a row lacks is empty.
            part: Told in the file name, where a source has several files of one date.
        """
        rows = list(rows)
        columns = list(dict.fromkeys(name for row in rows for name in row))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(row.get(name)) for name in columns] for row in rows)
        path = self.settings.landing / source / f"{source}{part}_{extracted_on}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    def read_extracts(self) -> None:
        """Read what is new in the landing folders and load it."""
        contracts = load_contracts(self.settings)
        run_at = FIRST_NIGHT + timedelta(days=self.nights)
        self.nights += 1
        self.close()
        for source, files in scan(self.settings).items():
            ingest(self.settings, contracts[source], files, run_at=run_at)
        with open_build(self.settings) as con:
            load(self.settings, con, contracts)

    def build(self, as_of: date | str, select: Iterable[str] = ()) -> BuildResult:
        """Build the models and run the tests on them.

        Args:
            as_of: The as-of date.
            select: dbt selectors of what to build, without its tests; everything if there are none.
        """
        self.close()
        day = date.fromisoformat(str(as_of))
        run_at = datetime(day.year, day.month, day.day, 18, 0, tzinfo=UTC)
        with open_build(self.settings) as con:
            write_run(con, as_of=day, run_at=run_at, run_id="test")
        left_out = ["resource_type:unit_test", *(["resource_type:test"] if select else [])]
        result = build(self.settings, select=tuple(select), exclude=left_out)
        assert not result.failed, [(node.unique_id, node.message) for node in result.failed]
        return result

    def publish(self) -> None:
        """Close the batch, as publishing does, so that the next night merges into what there is."""
        self.close()
        with open_build(self.settings) as con:
            settle(con)
            con.execute("insert into ops.publication select now(), as_of, run_id from ops.run")

    def night(self, as_of: date | str, select: Iterable[str] = ()) -> BuildResult:
        """Read, load and build."""
        self.read_extracts()
        return self.build(as_of, select)

    def ask(self, query: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Rows that a query returns from the working database."""
        return self._open().execute(query, values).fetchall()

    def rows(self, query: str, values: Values = ()) -> list[dict[str, Any]]:
        """The same, each row by column name."""
        found = self._open().execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def close(self) -> None:
        """Let go of the database, so that it can be written."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._database is None:
            self._database = duckdb.connect(str(self.settings.build), read_only=True)
        return self._database


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
