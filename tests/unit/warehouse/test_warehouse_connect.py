"""Opening the database files: format, configuration, and other processes."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from pipelines.errors import ConfigurationError, RunError
from pipelines.settings import Settings
from pipelines.warehouse.connect import open_build, open_published

HOLD = """
import sys, duckdb
with duckdb.connect(sys.argv[1]):
    print("holding", flush=True)
    sys.stdin.readline()
print("released", flush=True)
"""


def test_new_file_has_a_safe_storage_format(settings: Settings):
    open_build(settings).close()
    with duckdb.connect(settings.build, read_only=True) as con:
        query = "select tags['storage_version'] from duckdb_databases() where not internal"
        assert con.execute(query).fetchall() == [("v1.4.0+",)]


def test_file_of_an_older_format_is_refused(settings: Settings):
    settings.warehouse_dir.mkdir(parents=True)
    duckdb.connect(settings.build, config={"storage_compatibility_version": "v1.2.0"}).close()
    with pytest.raises(RunError, match=r"storage format v1\.2\.0.*Delete it and run again"):
        open_build(settings)


def test_settings_reach_every_connection_to_the_file(settings: Settings):
    limited = settings.model_copy(update={"threads": 1, "memory_limit": "512MiB"})
    names = ["TimeZone", "threads", "memory_limit", "autoinstall_known_extensions"]
    with open_build(limited), duckdb.connect(limited.build) as foreign:  # as dbt connects
        values = [foreign.execute(f"select current_setting('{name}')").fetchone() for name in names]
    assert values == [("Asia/Ho_Chi_Minh",), (1,), ("512.0 MiB",), (False,)]


def test_memory_is_modest_where_nothing_is_said(settings: Settings):
    query = "select parse_formatted_bytes(current_setting('memory_limit'))"
    with open_build(settings) as con:
        own = duckdb.connect().execute(query).fetchone()
        assert con.execute(query).fetchone() <= min(own, (4_000_000_000,))


def test_memory_limit_that_duckdb_does_not_know(settings: Settings):
    with pytest.raises(ConfigurationError, match="QO_MEMORY_LIMIT='50%'"):
        open_build(settings.model_copy(update={"memory_limit": "50%"}))


def test_other_process_is_named_by_duckdb(settings: Settings, other: Callable):
    open_build(settings).close()
    holder = other(HOLD, settings.build)
    assert holder.hear() == "holding"
    with pytest.raises(RunError, match=rf"still open in another process.*{holder.process.pid}"):
        open_build(settings)


def test_waits_for_the_other_process(settings: Settings, other: Callable):
    open_build(settings).close()
    holder = other(HOLD, settings.build)
    assert holder.hear() == "holding"
    said: list[str] = []

    def say(sentence: str) -> None:
        said.append(sentence)
        holder.tell()

    open_build(settings.model_copy(update={"lock_wait": 60.0}), say=say).close()
    assert len(said) == 1


def test_nothing_published_yet(settings: Settings):
    with pytest.raises(RunError, match="run `qo nightly` first"):
        open_published(settings)


def test_damaged_files_say_what_to_do(settings: Settings):
    settings.warehouse_dir.mkdir(parents=True)
    settings.build.write_bytes(b"not a database" * 1000)
    settings.published.write_bytes(b"not a database" * 1000)
    with pytest.raises(RunError, match=r"build\.duckdb cannot be opened.*anew from raw/"):
        open_build(settings)
    with pytest.raises(RunError, match=r"warehouse\.duckdb cannot be opened.*qo rollback"):
        open_published(settings)
