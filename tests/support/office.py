"""A data directory with the program's own commands to work on it, as an office has one.

Commands run as processes of their own, away from the project's folder and free of the developer's
settings. What they leave is read from the published files, with plain SQL.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.snapshots import list_snapshots

AS_OF = date(2022, 12, 31)
_OTHERS_SETTINGS = ("QO_", "DAGSTER_", "DBT_")

_SIDECAR = ".manifest.yml"

Row = tuple[Any, ...]


class File(NamedTuple):
    """What tells whether a file was touched."""

    mtime_ns: int
    sha256: str


@dataclass(frozen=True)
class Finished:
    """A command that has ended.

    Attributes:
        status: Its exit status.
        output: What it printed on standard output.
        errors: What it printed on standard error.
    """

    status: int
    output: str
    errors: str

    def lines(self, beginning: str) -> list[str]:
        """The lines of the output that begin so, without the time of day before them."""
        spoken = (line.partition("  ")[2] for line in self.output.splitlines())
        return [line for line in spoken if line.startswith(beginning)]


@dataclass(frozen=True)
class Office:
    """One data directory.

    Attributes:
        data_dir: Where it is.
        as_of: The as-of date of its runs.
    """

    data_dir: Path
    as_of: date = AS_OF

    @property
    def settings(self) -> Settings:
        """Its settings, for what is called as a function."""
        return Settings(data_dir=self.data_dir, as_of=self.as_of)

    def drop(
        self, source: str, name: str, content: str | bytes, manifest: str | None = None
    ) -> Path:
        """Deliver an extract, with its manifest first if it has one."""
        path = self.settings.landing / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if manifest is not None:
            path.with_name(f"{name}.manifest.yml").write_text(manifest, encoding="utf-8")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def contract(self, source: str, text: str) -> Path:
        """Write a site contract."""
        path = self.settings.contracts / f"{source}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def start(
        self,
        *arguments: object,
        flags: tuple[str, ...] = (),
        under: tuple[str, ...] = (),
        **variables: str,
    ) -> Running:
        """Start `qo` with these arguments, with flags of Python and environment variables.

        What it is started `under` is another command, which starts it in turn.
        """
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_OTHERS_SETTINGS)
        }
        environment |= {
            "PYTHONPATH": str(PROJECT_DIR),
            "QO_DATA_DIR": str(self.data_dir),
            "QO_AS_OF": self.as_of.isoformat(),
        }
        process = subprocess.Popen(
            [*under, sys.executable, *flags, "-m", "pipelines.cli", *map(str, arguments)],
            cwd=self.data_dir.parent,
            env=environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Running(process)

    def run(self, *arguments: object, flags: tuple[str, ...] = (), **variables: str) -> Finished:
        """Run `qo` to its end."""
        return self.start(*arguments, flags=flags, **variables).wait()

    def query(self, sql: str, *values: object, edition: Path | None = None) -> list[Row]:
        """Ask the published warehouse, or a kept edition of it."""
        with duckdb.connect(edition or self.settings.published, read_only=True) as connection:
            return connection.execute(sql, values).fetchall()

    def editions(self) -> list[Path]:
        """The kept editions, oldest first."""
        return [snapshot.path for snapshot in reversed(list_snapshots(self.settings))]

    def files(self, folder: str) -> dict[str, File]:
        """Every file below a folder of the data directory."""
        top = self.data_dir / folder
        return {
            path.relative_to(top).as_posix(): File(path.stat().st_mtime_ns, digest(path))
            for path in sorted(top.rglob("*"))
            if path.is_file()
        }

    def delivered(self) -> frozenset[str]:
        """The extracts in landing/, as `source/name`."""
        return frozenset(name for name in self.files("landing") if not name.endswith(_SIDECAR))

    def copy(self, data_dir: Path) -> Office:
        """The same office elsewhere; the files keep their times."""
        shutil.copytree(self.data_dir, data_dir)
        return Office(data_dir, self.as_of)


@dataclass(frozen=True)
class Running:
    """A command at work."""

    process: subprocess.Popen[str]

    def wait(self) -> Finished:
        """Wait for its end."""
        output, errors = self.process.communicate()
        return Finished(self.process.returncode, output, errors)

    def stop(self) -> None:
        """End it if it has not ended."""
        self.process.kill()
        self.process.communicate()


def digest(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def table_contents(path: Path) -> Mapping[str, Row]:
    """Rows and a checksum of every table in a database file, whatever the order of its rows."""
    with duckdb.connect(path, read_only=True) as connection:
        return dict(_contents(connection))


def _contents(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Row]]:
    tables = connection.execute("select schema_name, table_name from duckdb_tables() order by all")
    for schema, name in tables.fetchall():
        counted = f'select count(*), sum(hash(t)::hugeint) from "{schema}"."{name}" as t'
        [row] = connection.execute(counted).fetchall()
        yield f"{schema}.{name}", row


def text_columns(path: Path) -> Iterator[tuple[str, str, str]]:
    """Schema, table and column of everything textual that a database file's tables hold."""
    query = """
        select columns.schema_name, columns.table_name, columns.column_name
        from duckdb_columns() as columns
        inner join duckdb_tables() using (schema_name, table_name)
        where columns.data_type like '%VARCHAR%'
        order by all
    """
    with duckdb.connect(path, read_only=True) as connection:
        yield from connection.execute(query).fetchall()
