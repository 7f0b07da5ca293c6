"""Looks for words in everything that files hold, however they are packed.

Bytes are searched as they lie, in the ways a text may be written down; what lies packed is read the
way its format is read: members of zip archives, gzip, the text columns of DuckDB and Parquet files,
the tables of SQLite files.
"""

from __future__ import annotations

import gzip
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def spellings(word: str) -> set[bytes]:
    """The bytes by which a word may stand in a file."""
    forms = {unicodedata.normalize(form, word) for form in ("NFC", "NFD")}
    cases = {spelled for form in forms for spelled in (form, form.lower(), form.upper())}
    escaped = {spelled.encode("unicode_escape") for spelled in cases}
    return escaped | {spelled.encode(code) for spelled in cases for code in _ENCODINGS}


def found_in(path: Path, words: Iterable[str]) -> set[str]:
    """Those of the words that a file holds."""
    wanted = {word: spellings(word) for word in words}
    found = set()
    for content in _contents(path):
        found |= {word for word, ways in wanted.items() if any(way in content for way in ways)}
    return found


def _contents(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield content
    yield path.name.encode("utf-8", "surrogateescape")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from map(archive.read, archive.namelist())
    elif content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif content.startswith(b"PAR1"):
        yield from _rows_of_parquet(path)
    elif content[8:12] == b"DUCK":
        yield from _rows_of_duckdb(path)
    elif content.startswith(b"SQLite format 3\0"):
        yield from _rows_of_sqlite(path)


def _rows_of_parquet(path: Path) -> Iterator[bytes]:
    query = "select parquet_rows::varchar from read_parquet(?) as parquet_rows"
    for (row,) in duckdb.execute(query, [str(path)]).fetchall():
        yield row.encode()


def _rows_of_duckdb(path: Path) -> Iterator[bytes]:
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()")
        for schema, table in tables.fetchall():
            query = f'select stored::varchar from "{schema}"."{table}" as stored'
            for (row,) in connection.execute(query).fetchall():
                yield row.encode()


def _rows_of_sqlite(path: Path) -> Iterator[bytes]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        yield from (line.encode("utf-8", "replace") for line in connection.iterdump())
    finally:
        connection.close()
