"""Copies of a published warehouse that tests may spoil, and the edition they make."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from pipelines.reports.edition import Edition


@contextmanager
def spoiled(published: Path, folder: Path, *statements: str) -> Iterator[Edition]:
    """An edition as it would be after these statements.

    Args:
        published: The file to copy.
        folder: Gets the copy.
        *statements: Change tables of the copy.
    """
    path = folder / "spoiled.duckdb"
    shutil.copyfile(published, path)
    with duckdb.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    with closing(duckdb.connect(path, read_only=True)) as connection:
        connection.execute("set TimeZone = 'Asia/Ho_Chi_Minh'")
        yield Edition(connection)
