"""The SQLAlchemy dialect through which Great Expectations reads DuckDB.

Great Expectations fetches a result after it has handed the connection back, and handing back ends
the transaction. In duckdb-engine that rollback voids the pending result, so every expectation
would end in an internal exception. Checks only read, hence there is nothing to begin, commit or
roll back: here all three do nothing. Nothing but the checks may use this dialect.
"""

from __future__ import annotations

from typing import Any

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry

URL = "duckdb+checks://"
"""Names the dialect; the connection itself is handed to the engine ready-made."""


class ReadingDialect(Dialect):
    """DuckDB for connections that only ever read."""

    supports_statement_cache = False

    def do_begin(self, connection: Any) -> None:
        """Nothing: each statement stands alone."""

    def do_commit(self, connection: Any) -> None:
        """Nothing: there is nothing to keep."""

    def do_rollback(self, connection: Any) -> None:
        """Nothing: a rollback would void results that are still being read."""


def register() -> None:
    """Make `URL` known to SQLAlchemy; calling it again is harmless."""
    registry.register("duckdb.checks", __name__, ReadingDialect.__name__)
