"""Great Expectations: the one module that imports it.

The import takes seconds, so it happens inside the functions. One ephemeral context serves a whole
run, writes no file and asks no network. All its batches are named when it is made: it writes down
its whole configuration again after each one that is added later.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation import Expectation as Member

Answer = dict[str, Any] | str
"""What Great Expectations said, or why it could not say anything."""

YES_OR_NO = {"result_format": "BOOLEAN_ONLY"}
# Only the complete format carries rows of a query; the library keeps the first 200.
COMPLETE = {"result_format": "COMPLETE"}


@contextmanager
def open_library(
    cursor: duckdb.DuckDBPyConnection, batches: Mapping[str, str]
) -> Iterator[SQLDatasource]:
    """The library over one connection to DuckDB.

    Args:
        cursor: Serves every query.
        batches: The queries for the rows to be judged, by name.
    """
    _import_statistics_when_used()
    import great_expectations as gx
    from duckdb_engine import ConnectionWrapper
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.datasource.fluent.sql_datasource import QueryAsset, SQLDatasource
    from sqlalchemy.pool import StaticPool

    from pipelines.quality import dialect

    dialect.register()
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    options = {"creator": lambda: ConnectionWrapper(cursor), "poolclass": StaticPool}
    assets = [QueryAsset(name=name, query=query) for name, query in batches.items()]
    source = context.data_sources.add_sql(
        datasource=SQLDatasource(
            name="build", connection_string=dialect.URL, kwargs=options, assets=assets
        )
    )
    try:
        yield source
    finally:
        source.get_execution_engine().engine.dispose()
        source.get_engine().dispose()


def member(name: str, kind: str, arguments: Mapping[str, Any]) -> Member | str:
    """The library's own object for an expectation, or why it cannot be made."""
    from great_expectations.exceptions.exceptions import GreatExpectationsError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    try:
        configuration = ExpectationConfiguration(
            type=kind, kwargs=dict(arguments), meta={"name": name}
        )
        return configuration.to_domain_obj()
    except (GreatExpectationsError, ValueError, TypeError) as error:
        return str(error)


def validate(
    source: SQLDatasource,
    batch: str,
    members: Mapping[str, Member | str],
    result_format: dict[str, Any],
) -> Iterator[tuple[str, Answer]]:
    """Ask for expectations on the rows of a batch; those that cannot be made say why."""
    from great_expectations.core import ExpectationSuite

    yield from ((name, made) for name, made in members.items() if isinstance(made, str))
    sound = [made for made in members.values() if not isinstance(made, str)]
    if not sound:
        return
    asset = source.get_asset(batch)
    suite = ExpectationSuite(name="batch", expectations=sound)
    judged = asset.get_batch(asset.build_batch_request())
    for answer in judged.validate(suite, result_format=result_format).results:
        assert answer.expectation_config is not None
        name = answer.expectation_config.meta["name"]
        reason = _raised(answer.exception_info)
        yield name, reason or {"success": answer.success, "result": answer.result}


def _import_statistics_when_used() -> None:
    """Put off what a third of the library's import goes into.

    Only expectations on distributions use it, and they get it when they do.
    """
    name, spec = "scipy.stats", find_spec("scipy.stats")
    if name in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    vars(sys.modules["scipy"])["stats"] = sys.modules[name]


def _raised(exception_info: Mapping[str, Any] | None) -> str | None:
    """The message of the exception, whether one is given or one per metric."""
    info = exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry["raised_exception"]:
            return str(entry["exception_message"]) or "an exception without a message."
    return None
