"""Expectations that are queries of their own: each runs once, the library judges what it found.

The library by itself runs each twice, for its rows and for their number, which millions of rows
feel. What was found lies in a temporary table of the connection, in no file. A query that only
picks rows by a condition runs at all only where a count, taken for all of them in one pass, says
that it would find something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import duckdb

from pipelines.quality.library import COMPLETE, Answer, member, validate
from pipelines.quality.passes import Rule, counting_queries
from pipelines.quality.suites import QUERY, UNEXPECTED_ROWS
from pipelines.warehouse.connect import literal

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

ROWS_KEPT = 200
"""As many as the library reports."""

FOUND = "found_by_queries"
ALL_FOUND = f"select * from {FOUND}"
"""The batch of all that was found."""


def at_fault(cursor: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> list[Rule]:
    """Of expectations that pick rows by a condition those that pick any.

    Where a condition stumbles over a value, all that were counted with it are returned: each then
    speaks for itself.
    """
    found: list[Rule] = []
    for query, those in counting_queries(rules):
        try:
            [counts] = cursor.execute(query).fetchall()
        except duckdb.Error:
            found += those
        else:
            found += [rule for rule, count in zip(those, counts, strict=True) if count]
    return found


def run_queries(cursor: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> dict[str, str]:
    """Run the queries and keep what they find: every row, but only the first ones' values.

    Returns:
        Why a query could not be run, for those that could not.
    """
    cursor.execute(f"create or replace temp table {FOUND} (expectation text, found json)")
    broken = {}
    for rule in rules:
        row = f"if(row_number() over () <= {ROWS_KEPT}, to_json(found), null)"
        query = f"select {literal(rule.id)}, {row} from ({_reported(rule)}) as found"
        try:
            cursor.execute(f"insert into {FOUND} {query}")
        except duckdb.Error as error:
            broken[rule.id] = str(error)
    return broken


def judge_found(source: SQLDatasource, rules: Sequence[Rule]) -> Iterator[tuple[str, Answer]]:
    """Let the library judge what the queries found: any row is a fault."""
    members = {}
    for rule in rules:
        query = f"select found from {{batch}} where expectation = {literal(rule.id)}"
        members[rule.id] = member(rule.id, UNEXPECTED_ROWS, {QUERY: query})
    for name, answer in validate(source, FOUND, members, COMPLETE):
        if not isinstance(answer, str):
            details = answer["result"]["details"]
            found = details["unexpected_rows"]
            details["unexpected_rows"] = [row["found"] for row in found]
        yield name, answer


def _reported(rule: Rule) -> str:
    """The query with the columns that are reported: no other value leaves the database."""
    query = rule.expectation.kwargs[QUERY].replace("{batch}", f"({rule.rows})")
    columns = ", ".join(rule.expectation.sample or rule.suite.keys)
    return "\n".join(["select", columns, "from (", query, ") as found"])
