"""Dagster's event log in the same SQLite files as ever, with the files kept open between events.

As shipped, every event opens and closes several connections and waits for the disk on each: with
hundreds of checks that was half of a night's run (63 s against 4 s for 900 events, measured on two
busy cores with Dagster 1.13.27). No definitions here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

BUSY_TIMEOUT_SECONDS = 30
FILES_KEPT_OPEN = 8
"""There is one file per run and one index; a run writes two of them, the UI reads many."""

LOG_PAGES = 10_000
"""SQLite's own limit of 1,000 is reached, and the disk waited for, several times in a night."""


class KeptOpenEventLog(SqliteEventLogStorage):
    """The event log; the base class lets one thread at a time connect."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open nothing yet; see the base class."""
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Make one as the instance's configuration says."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; asked twice with every check, and tables stay."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """The same of a column of the table of assets, asked with every event of an asset."""
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(
            conn, column_name
        ):
            self._columns.add(column_name)
        return column_name in self._columns

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            while len(self._engines) >= FILES_KEPT_OPEN:
                self._engines.pop(next(iter(self._engines))).dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=QueuePool,
                connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            event.listen(engine, "connect", _trust_the_disk_cache)
            self._engines[shard] = engine
        # Used last, dropped last.
        self._engines[shard] = self._engines.pop(shard)
        return self._engines[shard]

    def dispose(self) -> None:
        """Close the files."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _trust_the_disk_cache(connection: Any, _record: object) -> None:
    """With a write-ahead log a crash of the machine costs the last events, nothing else.

    The log of a whole night stays below the limit, so the disk is waited for when a file is closed
    and hardly before.
    """
    connection.execute("pragma synchronous = normal")
    connection.execute(f"pragma wal_autocheckpoint = {LOG_PAGES}")
