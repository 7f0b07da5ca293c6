"""What two warehouses may differ in, and what not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from tests.faults.compare import differences

PLAIN = (("a", 1, "1/2022"), ("a", 2, "2/2022"), ("b", 3, "3/2022"))


def warehouse(path: Path, rows=PLAIN, stamp: str = "2022-12-31", stored: str = "1") -> Path:
    with duckdb.connect(path) as con:
        con.execute("create schema marts; create schema ops; create schema staging")
        con.execute("create table ops.extract_log (source text, arrival_no int, loaded_at text)")
        con.execute("create table marts.fct_documents (source text, arrival_no text)")
        con.execute(f"create table staging.rows as select {stored} as id")
        for source, place, number in rows:
            con.execute("insert into ops.extract_log values (?, ?, ?)", [source, place, stamp])
            con.execute("insert into marts.fct_documents values (?, ?)", [source, number])
    return path


@pytest.fixture
def expected(tmp_path: Path) -> Path:
    return warehouse(tmp_path / "expected.duckdb")


def test_stamps_and_what_arrived_meanwhile_from_other_sources_may_differ(expected, tmp_path):
    rows = [("a", 2, "1/2022"), ("a", 3, "2/2022"), ("b", 1, "3/2022")]
    found = warehouse(tmp_path / "found.duckdb", rows, "2023-01-01")
    assert differences(expected, found) == []


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (PLAIN[:2], "1 rows are missing, 0 are not expected"),
        ((*PLAIN, ("b", 4, "4/2022")), "0 rows are missing, 1 are not expected"),
        ((*PLAIN[:2], ("b", 3, "4/2022")), "1 rows are missing, 1 are not expected"),
    ],
)
def test_rows_may_not(expected, tmp_path, rows, told):
    found = warehouse(tmp_path / "found.duckdb", rows)
    assert f"marts.fct_documents: {told}" in differences(expected, found)


def test_what_nobody_sees_is_looked_at_where_it_is_asked_for(expected, tmp_path):
    found = warehouse(tmp_path / "found.duckdb", stored="2")
    assert differences(expected, found) == []
    assert differences(expected, found, stored=True) == [
        "staging.rows: 1 rows are missing, 1 are not expected"
    ]


def test_several_are_compared_with_one_at_a_time(expected, tmp_path):
    found = [warehouse(tmp_path / f"{number}.duckdb") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(differences, [expected] * len(found), found)] == [[]] * len(found)
