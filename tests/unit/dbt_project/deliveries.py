"""Extracts whose delivery itself is at fault: too late, too few rows, periods that do not join."""

from __future__ import annotations

from datetime import date

import duckdb

from .histories import insert

_LOADED = {"status": "loaded", "dataset": "dossiers"}


def write_deliveries(connection: duckdb.DuckDBPyConnection) -> None:
    """Log extracts without rows of sources that are named after their fault."""
    for source, cadence in [("late", "weekly"), ("shrunk", "once"), ("patchy", "once")]:
        insert(connection, "ops.sources", {"source": source, "cadence": cadence})
    _log(connection, "late", date(2022, 4, 4), mode="full", rows_read=10)
    _log(connection, "shrunk", date(2022, 3, 31), mode="full", rows_read=100)
    _log(connection, "shrunk", date(2022, 4, 15), mode="full", rows_read=49)
    for start, end in [
        (date(2022, 1, 1), date(2022, 1, 31)),
        (date(2022, 2, 1), date(2022, 2, 28)),  # joins on
        (date(2022, 3, 3), date(2022, 3, 31)),  # leaves two days out
        (date(2022, 3, 31), date(2022, 4, 15)),  # covers a day twice
    ]:
        _log(connection, "patchy", end, mode="period", period_start=start, period_end=end)
        # A part of the same delivery covers the same days and is no overlap.
        _log(connection, "patchy", end, mode="period", period_start=start, period_end=end, part=2)


def _log(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    day: date,
    *,
    part: int = 1,
    **values: object,
) -> None:
    extract_id = f"{source}-{day}-{part}"
    row = {**_LOADED, "source": source, "extracted_on": day, "extract_id": extract_id}
    insert(connection, "ops.extract_log", {**row, "arrival_no": part, **values})
