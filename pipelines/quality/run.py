"""Runs expectation suites inside DuckDB, by Great Expectations.

Tables and views are judged where they lie: no frame is copied. What is asked for together, so that
a large table is read as seldom as can be, is decided in `passes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import duckdb

from pipelines.quality.judging import judge
from pipelines.quality.library import Answer, open_library
from pipelines.quality.passes import Pass, Rule, binding_query, passes
from pipelines.quality.queries import ALL_FOUND, FOUND, at_fault, judge_found, run_queries
from pipelines.quality.results import ExpectationResult, could_not_evaluate, evaluated
from pipelines.quality.suites import Suite

_SILENT = "Great Expectations gave no answer."


@dataclass(frozen=True)
class _Plan:
    """How expectations are asked for.

    Attributes:
        picking: Those that pick rows by a condition.
        queries: Those with any other query.
        passes: All others.
        idle: Of the others those that judge row by row and have no row to judge.
    """

    picking: Sequence[Rule]
    queries: Sequence[Rule]
    passes: Sequence[Pass]
    idle: frozenset[str]


def run_suites(
    connection: duckdb.DuckDBPyConnection, suites: Iterable[Suite], *, sample_size: int = 20
) -> list[ExpectationResult]:
    """Evaluate every expectation of the suites on the build database.

    Args:
        connection: The build database, best opened read-only; nothing is written through it.
        suites: What to evaluate, see `load_suites`.
        sample_size: How many failing rows a result names at most.

    Returns:
        One result per expectation, in the order of the suites.
    """
    rules = [Rule(suite, name) for suite in suites for name in suite.expectations]
    counts = _count_rows(connection, rules)
    countable = [rule for rule in rules if isinstance(counts[rule.id], int)]
    plan = _plan(connection, countable, counts)
    answers = _ask(connection, plan, sample_size)
    return [_result(rule, counts[rule.id], answers, sample_size) for rule in rules]


def _count_rows(
    connection: duckdb.DuckDBPyConnection, rules: Iterable[Rule]
) -> dict[str, int | str]:
    """By expectation the number of rows that it judges, or why it cannot be had."""
    counted: dict[str, int | str] = {}
    for query in dict.fromkeys(rule.rows for rule in rules):
        try:
            [(count,)] = connection.execute(f"select count(*) from ({query}) as judged").fetchall()
            counted[query] = int(count)
        except duckdb.Error as error:
            counted[query] = str(error)
    return {rule.id: counted[rule.rows] for rule in rules}


def _plan(
    connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], counts: Mapping[str, int | str]
) -> _Plan:
    by_table: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_table[rule.suite.table].append(rule)
    sound = {rule.id for those in by_table.values() for rule in _sound(connection, those)}
    asking = [rule for rule in rules if rule.expectation.is_query]
    picking = [rule for rule in asking if rule.id in sound]
    queries = [rule for rule in asking if rule.id not in sound]
    others = [rule for rule in rules if not rule.expectation.is_query]
    idle = frozenset(rule.id for rule in others if rule.id in sound and counts[rule.id] == 0)
    return _Plan(picking, queries, passes(others), idle)


def _sound(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> Sequence[Rule]:
    """Of the expectations on a table those that judge rows by what DuckDB understands.

    Any other is asked for by itself: it would spoil the answers of the rest, and says what is
    wrong with it.
    """
    candidates = [rule for rule in rules if rule.looked_at is not None]
    if not candidates or _is_valid(connection, candidates):
        return candidates
    return [rule for rule in candidates if _is_valid(connection, [rule])]


def _is_valid(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> bool:
    try:
        connection.sql(binding_query(rules))  # looked at, not run
    except duckdb.Error:
        return False
    return True


def _ask(connection: duckdb.DuckDBPyConnection, plan: _Plan, sample_size: int) -> dict[str, Answer]:
    """What the library says, by expectation."""
    batches = {f"{n} {those.rules[0].suite.table}": those for n, those in enumerate(plan.passes)}
    rows = {name: those.rows for name, those in batches.items()}
    answers: dict[str, Answer] = {}
    with closing(connection.cursor()) as cursor:
        answers |= run_queries(cursor, [*plan.queries, *at_fault(cursor, plan.picking)])
        ran = [rule for rule in (*plan.picking, *plan.queries) if rule.id not in answers]
        with open_library(cursor, {FOUND: ALL_FOUND, **rows}) as source:
            answers |= judge_found(source, ran)
            for name, those in batches.items():
                answers |= judge(source, name, those, plan.idle, sample_size)
    return answers


def _result(
    rule: Rule, count: int | str, answers: Mapping[str, Answer], sample_size: int
) -> ExpectationResult:
    answer = count if isinstance(count, str) else answers.get(rule.id, _SILENT)
    if isinstance(answer, str) or isinstance(count, str):
        return could_not_evaluate(rule.suite, rule.name, str(answer))
    return evaluated(rule.suite, rule.name, **answer, rows=count, sample=sample_size)
