"""What is known to go wrong with DuckDB files, and that it cannot go wrong here.

| hazard | where it is held off |
|---|---|
| file access drops DuckDB's lock | the lint below; `test_connection_left_open_in_this_process...` |
| a stale log is replayed into a new file | `test_stale_log...`, storage format and rights below |
| a copy lacks what is still in the log | `test_working_database_with_unfinished_log...` |
| indexes lose rows when a log is replayed | no index, key or constraint, below |
| a disk full at a checkpoint empties tables | `test_disk_full`, `test_too_little_room...` |
| an old reader must keep its file | `test_clients_keep_what_they_opened...` |

Tests named here and not in this file are in this folder or in `tests/unit/warehouse`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.connect import STORAGE_VERSION
from pipelines.warehouse.files import wal_of
from pipelines.warehouse.snapshots import list_snapshots

PACKAGE = PROJECT_DIR / "pipelines"
BY_HAND = PACKAGE / "warehouse" / "files.py"
"""The one module that reads and writes database files as plain files, after they were closed."""
BYTES = {
    *("open", "FileIO", "fdopen", "touch", "truncate", "mmap", "memmap", "file_digest"),
    *("read_bytes", "read_text", "write_bytes", "write_text"),
    *("copy", "copy2", "copyfile", "copyfileobj", "copytree", "move"),
    *("sendfile", "copy_file_range"),
}
"""Calls that open a file, whatever for: closing it again is what drops the lock."""
DATABASES = {"build", "published", "new_build"}
"""Attributes of the settings that name database files."""
HANDLERS = {"publish", "snapshots", "beside", "damage", "connect", "memory", "closing"}
"""Modules of `pipelines/warehouse` in which any path may be that of a database file."""
OF_FILES = {"copy_durably", "sha256_of", "link_or_copy"}
COPIERS = {"publish", "snapshots", "beside", "files"}
"""Modules that may ask for a file access: each makes sure that nobody has the file open."""


def touches(source: str, module: str) -> Iterator[str]:
    """Calls that may touch a database file outside DuckDB, as `line: call`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = {child.attr for child in ast.walk(node) if isinstance(child, ast.Attribute)}
            by_bytes = name in BYTES and (module in HANDLERS or words & DATABASES)
            if by_bytes or (name in OF_FILES and module not in COPIERS):
                yield f"{module}:{node.lineno}: {ast.unparse(node)}"


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != BY_HAND]


def test_no_module_touches_a_database_file_outside_duckdb():
    found = [
        touch
        for path in modules()
        for touch in touches(
            path.read_text(encoding="utf-8"),
            path.stem if path.parent == BY_HAND.parent else path.relative_to(PACKAGE).as_posix(),
        )
    ]
    # Names of raw files, which beside.py links.
    assert [each for each in found if "settings.raw" not in each] == []


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("settings.build.read_bytes()", "reports"),
        ("with open(settings.published) as file: pass", "reports"),
        ("hashlib.file_digest(FileIO(settings.build), 'sha256')", "news"),
        ("shutil.copyfile(place.new_build, there)", "rebuild"),
        ("path.open('rb')", "publish"),
        ("sha256_of(path)", "nightly"),
    ],
)
def test_the_lint_finds(source, module):
    assert [*touches(source, module)]


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("path.read_bytes()", "news"),
        ("duckdb.connect(settings.build)", "connect"),
        ("copy_durably(settings.build, partial)", "publish"),
        ("settings.published.exists()", "reports"),
    ],
)
def test_the_lint_lets_pass(source, module):
    assert [*touches(source, module)] == []


def test_warehouse_files_have_no_index_key_or_constraint(province):
    settings = Settings(data_dir=province.after)
    query = """
        select count(*) from (
            select index_name from duckdb_indexes()
            union all
            select constraint_text from duckdb_constraints() where constraint_type <> 'NOT NULL'
        )
    """
    for path in (settings.build, settings.published):
        with duckdb.connect(path, read_only=True) as con:
            assert con.execute(query).fetchall() == [(0,)], path


def test_published_files_are_safe_to_replace(province):
    """A format whose stale logs are refused, no log, no permission to write, one file each."""
    settings = Settings(data_dir=province.after)
    editions = [edition.path for edition in list_snapshots(settings)]
    assert len(editions) == 2
    assert editions[0].samefile(settings.published)
    query = "select tags['storage_version'] from duckdb_databases() where not internal"
    for path in (*editions, settings.build):
        with duckdb.connect(path, read_only=True) as con:
            [(version,)] = con.execute(query).fetchall()
        assert version.rstrip("+") >= STORAGE_VERSION
        assert not wal_of(path).exists()
    for path in editions:
        assert not path.stat().st_mode & 0o222
