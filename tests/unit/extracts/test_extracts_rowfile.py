"""Rows are written as they come, in order, in groups that DuckDB reads side by side."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.extracts.rowfile import GROUP_ROWS, RowFile

LINEAGE = {"_source": pl.lit("dossiers")}


def rows(first: int, last: int) -> pl.DataFrame:
    numbers = pl.int_range(first, last, dtype=pl.Int64, eager=True)
    return pl.DataFrame({"key": numbers.cast(pl.String), "_row_number": numbers})


def nothing() -> pl.Series:
    return pl.Series(dtype=pl.Int64)


def test_rows_stand_in_order_in_groups_of_bounded_size(tmp_path: Path) -> None:
    path = tmp_path / "a[1].parquet"
    file = RowFile(path, LINEAGE)
    for start in range(0, 300_000, 50_000):
        file.write(rows(start, start + 50_000))
    file.finish(nothing())
    found = pl.read_parquet(path, glob=False)
    assert found.columns == ["key", "_source", "_row_number"]
    assert found["_row_number"].to_list() == list(range(300_000))
    metadata = (
        "select distinct row_group_id, row_group_num_rows from parquet_metadata(?) order by 1"
    )
    groups = duckdb.execute(metadata, [str(tmp_path / "a*")]).fetchall()
    assert [count for _, count in groups] == [GROUP_ROWS, GROUP_ROWS, 300_000 - 2 * GROUP_ROWS]
    assert file.height == 300_000


def test_rows_are_taken_back(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "a.parquet", LINEAGE)
    file.write(rows(0, 10))
    file.write(rows(10, 20))
    file.finish(pl.Series([3, 15, 99]))
    assert file.height == 18
    kept = pl.read_parquet(file.path)["_row_number"].to_list()
    assert kept == [number for number in range(20) if number not in (3, 15)]
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_a_file_without_rows_has_its_columns(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "a.parquet", LINEAGE)
    file.write(rows(0, 0))
    file.finish(nothing())
    assert (
        pl.read_parquet(file.path).schema
        == rows(0, 0).select("key", _source=pl.lit("dossiers"), _row_number="_row_number").schema
    )


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "a.parquet", LINEAGE)
    file.write(rows(0, 10))
    file.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "missing" / "a.parquet", LINEAGE)
    file.write(rows(0, 10))
    with pytest.raises(OSError, match="missing"):
        file.finish(nothing())
    file.discard()
