"""Tables in the place of the views on raw files, for tests that write rows and read no extracts."""

from __future__ import annotations

import duckdb

from pipelines.contracts.datasets import DATASETS
from pipelines.warehouse.schemas import raw_columns


def make_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Let `raw` have an empty table for every dataset."""
    for name, dataset in DATASETS.items():
        columns = ", ".join(f"{column} {type_}" for column, type_ in raw_columns(dataset).items())
        connection.execute(f"drop view raw.{name}; create table raw.{name} ({columns})")
