"""Runs expectation suites inside DuckDB, by Great Expectations through SQLAlchemy.

Tables are judged where they lie: no frame is copied. The library is imported on first use, as the
import alone takes seconds; one ephemeral context serves a whole run, writes no file and asks no
network. Rows of one scope and condition form a batch whose expectations share their queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.quality.results import ExpectationResult, could_not_evaluate, evaluated
from pipelines.quality.suites import QUERY, Expectation, Suite

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

Answer = dict[str, Any] | str
"""What Great Expectations said, or why it could not say anything."""

# Only the complete format carries rows of a query; the library keeps the first 200.
COMPLETE = {"result_format": "COMPLETE"}
YES_OR_NO = {"result_format": "BOOLEAN_ONLY"}

NEWEST_LOAD = """
    select extract_id
    from ops.extract_log
    where status = 'loaded'
    qualify loaded_at = max(loaded_at) over (partition by source)
"""
"""The extracts that the newest load of each source took in."""


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
    with _source(connection) as source:
        return [
            result
            for suite in suites
            for result in _run_suite(source, connection, suite, sample_size)
        ]


@contextmanager
def _source(connection: duckdb.DuckDBPyConnection) -> Iterator[SQLDatasource]:
    import great_expectations as gx
    from duckdb_engine import ConnectionWrapper
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from sqlalchemy.pool import StaticPool

    from pipelines.quality import dialect

    dialect.register()
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    engine_options = {
        "creator": lambda: ConnectionWrapper(connection.cursor()),
        "poolclass": StaticPool,
    }
    source = context.data_sources.add_sql(
        datasource=SQLDatasource(name="build", connection_string=dialect.URL, kwargs=engine_options)
    )
    try:
        yield source
    finally:
        source.get_execution_engine().engine.dispose()
        source.get_engine().dispose()


def _run_suite(
    source: SQLDatasource, connection: duckdb.DuckDBPyConnection, suite: Suite, sample_size: int
) -> list[ExpectationResult]:
    batches: dict[str, list[str]] = defaultdict(list)
    for name, expectation in suite.expectations.items():
        batches[_rows_query(suite, expectation)].append(name)
    found = {
        name: result
        for query, names in batches.items()
        for name, result in _run_batch(source, connection, suite, names, query, sample_size)
    }
    silent = "Great Expectations gave no answer."
    return [
        found.get(name) or could_not_evaluate(suite, name, silent) for name in suite.expectations
    ]


def _rows_query(suite: Suite, expectation: Expectation) -> str:
    """The rows that the expectation judges."""
    parts = ["select * from", suite.table]
    conditions = []
    if suite.scope_of(expectation) == "newest":
        extract_id = "_extract_id" if suite.schema_name == "raw" else "extract_id"
        conditions.append(f"{extract_id} in ({NEWEST_LOAD})")
    if expectation.rows is not None:
        conditions.append(f"({expectation.rows})")
    if conditions:
        parts += ["where", " and ".join(conditions)]
    return " ".join(parts)


def _run_batch(
    source: SQLDatasource,
    connection: duckdb.DuckDBPyConnection,
    suite: Suite,
    names: Sequence[str],
    query: str,
    sample_size: int,
) -> Iterator[tuple[str, ExpectationResult]]:
    try:
        row_count = _count(connection, query)
    except duckdb.Error as error:
        yield from ((name, could_not_evaluate(suite, name, str(error))) for name in names)
        return
    asset = source.add_query_asset(f"{suite.table} {len(source.assets)}", query=query)
    batch = asset.get_batch(asset.build_batch_request())
    for name, answer in _answers(batch, suite, names, sample_size):
        if isinstance(answer, str):
            yield name, could_not_evaluate(suite, name, answer)
        else:
            yield name, evaluated(suite, name, **answer, rows=row_count, sample=sample_size)


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    (count,) = connection.sql(query).count("*").fetchone() or (0,)
    return int(count)


def _answers(
    batch: Batch, suite: Suite, names: Sequence[str], sample_size: int
) -> Iterator[tuple[str, Answer]]:
    """Per expectation its answer, or the reason why there is none."""
    members, broken = _members(suite, names)
    yield from broken.items()
    rules = suite.expectations
    queries = {name: made for name, made in members.items() if rules[name].is_query}
    yield from _validate(batch, queries, COMPLETE)

    # Samples take several queries per expectation, so they are asked for in a second step and
    # only where something failed, or where a share is of interest because some is tolerated.
    plain = {
        name for name, rule in rules.items() if rule.is_row_wise and "mostly" not in rule.kwargs
    }
    passed = set(queries)
    for name, answer in _validate(batch, _only(members, plain - passed), YES_OR_NO):
        if isinstance(answer, str) or answer["success"]:
            passed.add(name)
            yield name, answer
    detailed = {
        "result_format": "SUMMARY",
        "unexpected_index_column_names": list(suite.keys),
        "partial_unexpected_count": sample_size,
    }
    yield from _validate(batch, _only(members, set(members) - passed), detailed)


def _only(members: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: made for name, made in members.items() if name in names}


def _validate(
    batch: Batch, members: Mapping[str, Any], result_format: dict[str, Any]
) -> Iterator[tuple[str, Answer]]:
    from great_expectations.core import ExpectationSuite

    if not members:
        return
    suite = ExpectationSuite(name="batch", expectations=list(members.values()))
    for answer in batch.validate(suite, result_format=result_format).results:
        assert answer.expectation_config is not None
        name = answer.expectation_config.meta["name"]
        reason = _raised(answer.exception_info)
        yield name, reason or {"success": answer.success, "result": answer.result}


def _members(suite: Suite, names: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The library's own objects for the expectations, and why others cannot be made."""
    from great_expectations.exceptions.exceptions import GreatExpectationsError

    members, broken = {}, {}
    for name in names:
        try:
            members[name] = _configuration(suite, name).to_domain_obj()
        except (GreatExpectationsError, ValueError, TypeError) as error:
            broken[name] = str(error)
    return members, broken


def _configuration(suite: Suite, name: str) -> ExpectationConfiguration:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    expectation = suite.expectations[name]
    kwargs = dict(expectation.kwargs)
    if expectation.is_query:
        kwargs[QUERY] = _reported(kwargs[QUERY], expectation.sample or suite.keys)
    return ExpectationConfiguration(
        type=expectation.type, kwargs=kwargs, meta={"name": name}, notes=expectation.notes
    )


def _reported(query: str, columns: Sequence[str]) -> str:
    """The query with the columns that are reported: no other value leaves the database."""
    return "\n".join(["select", ", ".join(columns), "from (", _escape_braces(query), ") as found"])


def _escape_braces(query: str) -> str:
    """Keep every brace but those of `{batch}` from being taken for a placeholder."""
    return query.replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")


def _raised(exception_info: Mapping[str, Any] | None) -> str | None:
    """The message of the exception, whether one is given or one per metric."""
    info = exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry["raised_exception"]:
            return str(entry["exception_message"]) or "an exception without a message."
    return None
