"""What a photograph means to the run after it: photographs that mean the same are tried once.

Files count by their content, databases by what they hold. Of some files it is enough that they are
there, because a run clears them away or writes them anew without a look. That is not believed:
`misread` says which of them a run did open.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse.connect import identifier
from pipelines.warehouse.files import wal_of
from tests.faults.photographs import Content, Entry, Photograph
from tests.faults.points import is_of
from tests.faults.shim import ONLY_TO_WRITE, OPENS, Point

CONTENT, NAME, PATTERN, NOTHING = "content", "name", "pattern", "nothing"
COUNTS_BY = {
    ".scratch*": PATTERN,
    "reports/.new*": PATTERN,
    "*.partial": PATTERN,
    "*.tmp": PATTERN,
    "*.kept": PATTERN,
    ".dbt/parse-*": PATTERN,
    "reports/.written.json": CONTENT,
    "reports/dbt-docs.html": CONTENT,
    "reports/*": NAME,
    ".dbt/compiled*": NOTHING,
    ".dbt/run*": NOTHING,
    ".dbt/dbt.log": NOTHING,
    ".dbt/graph_summary.json": NOTHING,
    ".dagster/storage*": NOTHING,
}
"""By what of it a path counts, by the first pattern that it fits; all others by their content."""
BUILD = Settings(data_dir=Path()).build.as_posix()
SQLITE = ".db"
OF_SQLITE = ("-wal", "-journal", "-shm")
"""Ends of the names of what SQLite lays beside a database; the last is made anew when it opens."""

KINDS_OF_EVENTS = {
    "event_logs": "run_id, dagster_event_type",
    "asset_event_tags": "key, value is null",
    "asset_check_executions": "run_id, execution_status",
    "asset_keys": "last_run_id, last_materialization is null",
}
"""Tables of Dagster's history with a row for each event: they count by what kinds of rows there
are. A night adds some thousand, each in the same way, and no run asks how many."""

DEFINITIONS = (
    "schema_name, comment from duckdb_schemas()",
    "schema_name, table_name, sql, comment from duckdb_tables()",
    "schema_name, view_name, sql, comment from duckdb_views()",
    "schema_name, table_name, column_name, comment from duckdb_columns()",
    "schema_name, function_name, macro_definition from duckdb_functions()",
    "schema_name, sequence_name, last_value from duckdb_sequences()",
)
"""What a DuckDB database holds beside rows."""


class States:
    """Computes keys of photographs: the same key, the same meaning."""

    def __init__(self, folder: Path) -> None:
        """Open databases, each on a copy, below a folder."""
        self._folder = folder
        self._held: dict[tuple[Path | None, ...], str] = {}

    def key(self, photograph: Photograph, points: str) -> str:
        """What it means, of the files that a class of points changes."""
        names = Counter(photograph.contents.values())
        told = sorted(
            line
            for entry in photograph.entries
            if is_of(points, entry.path)
            for line in self._tell(photograph, entry, names)
        )
        return hashlib.sha256("\n".join(dict.fromkeys(told)).encode()).hexdigest()

    def _tell(self, photograph: Photograph, entry: Entry, names: Counter[Content]) -> Iterator[str]:
        pattern, how = _counts_by(entry, names)
        if how == PATTERN:
            yield pattern
        elif how == NAME:
            yield entry.path
        elif how == CONTENT and not _is_beside(entry.path, photograph):
            held = self._content(photograph, entry)
            yield f"{entry.path}\t{entry.mode:o}\t{held}\t{entry.target}"
            if names[entry.content] > 1:
                yield f"{entry.path}\t{_names(photograph, entry.content)}"

    def _content(self, photograph: Photograph, entry: Entry) -> str:
        if entry.content is None:
            return ""
        if entry.path == BUILD:
            return self._database(photograph, entry.path, [".wal"], _rows_of_duckdb)
        if entry.path.endswith(SQLITE):
            return self._database(photograph, entry.path, OF_SQLITE, _rows_of_sqlite)
        return entry.content.sha256

    def _database(
        self,
        photograph: Photograph,
        path: str,
        ends: Iterable[str],
        rows: Callable[[Path], str],
    ) -> str:
        files = {end: photograph.contents.get(path + end) for end in ("", *ends)}
        known = tuple(content and content.path for content in files.values())
        if known not in self._held:
            self._held[known] = self._open(files, rows)
        return self._held[known]

    def _open(self, files: dict[str, Content | None], rows: Callable[[Path], str]) -> str:
        there = {end: content for end, content in files.items() if content is not None}
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            copy = Path(folder) / "copy"
            for end, content in there.items():
                shutil.copyfile(content.path, f"{copy}{end}")
            try:
                return rows(copy)
            except (duckdb.Error, sqlite3.Error):
                return " ".join(content.sha256 for content in there.values())


def misread(photograph: Photograph, points: Iterable[Point]) -> list[str]:
    """Files that count by less than their content, and a run from there opened or gave a name.

    What it has made anew before is no longer that of the photograph.
    """
    names = Counter(photograph.contents.values())
    waiting = {
        entry.path
        for entry in photograph.entries
        if entry.content is not None and _counts_by(entry, names)[1] != CONTENT
    }
    found = []
    for point in points:
        is_read = point.kind in OPENS and point.size != ONLY_TO_WRITE
        if is_read and point.path in waiting:
            found.append(f"{point.path} was opened, which was thought not to matter")
        elif point.source in waiting:
            found.append(f"{point.source} was put in place, which was thought not to matter")
        if point.kind in "cru":
            waiting -= {point.path}
    return found


def _names(photograph: Photograph, content: Content | None) -> list[str]:
    return [path for path, each in photograph.contents.items() if each is content]


def _counts_by(entry: Entry, names: Counter[Content]) -> tuple[str, str]:
    """The pattern that a path fits, and by what it counts; a file of two names by its content."""
    if names[entry.content] > 1:
        return "", CONTENT
    return _fitting(entry.path)


@cache
def _fitting(path: str) -> tuple[str, str]:
    fitting = (each for each in COUNTS_BY.items() if fnmatchcase(path, each[0]))
    return next(fitting, ("", CONTENT))


def _is_beside(path: str, photograph: Photograph) -> bool:
    """Whether a file is part of what the database beside it holds."""
    database = BUILD if path == wal_of(Path(BUILD)).as_posix() else ""
    for end in OF_SQLITE:
        if path.endswith(SQLITE + end):
            database = path.removesuffix(end)
    return database in photograph.contents


def _rows_of_duckdb(path: Path) -> str:
    """All definitions, and of every table the rows, in whatever order."""
    digest = hashlib.sha256()
    with duckdb.connect(path, config={"threads": 1}) as con:
        # Nobody needs the copy afterwards.
        con.execute("pragma disable_checkpoint_on_shutdown")
        for each in DEFINITIONS:
            query = f"select {each} where database_name = current_database() order by all"
            digest.update(repr(con.execute(query).fetchall()).encode())
        tables = con.execute("select schema_name, table_name from duckdb_tables() order by all")
        for schema, table in tables.fetchall():
            query = f"""
                select count(*), sum(hash(line))
                from {identifier(schema)}.{identifier(table)} as line
            """
            digest.update(repr((schema, table, con.execute(query).fetchall())).encode())
    return digest.hexdigest()


def _rows_of_sqlite(path: Path) -> str:
    digest = hashlib.sha256()
    with closing(sqlite3.connect(path)) as con:
        there = con.execute("select type, name, sql from sqlite_master order by type, name")
        for kind, name, sql in there.fetchall():
            digest.update(repr((kind, name, sql)).encode())
            if kind == "table":
                asked = KINDS_OF_EVENTS.get(name, "*")
                rows = con.execute(f"select distinct {asked} from {identifier(name)}")
                digest.update(repr(sorted(map(repr, rows))).encode())
    return digest.hexdigest()
