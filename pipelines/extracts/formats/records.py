"""Reads JSON: records in a list, alone or inside an object, one record per line, or columns.

Numbers stay as they are written (`1.001230` keeps its zero). The row number is the ordinal of the
record, or its line where each line is a record. Lists and objects inside records are no values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from operator import methodcaller
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.encodings import UTF8, as_utf8, guess_encoding
from pipelines.extracts.formats.grid import Grid, whole
from pipelines.extracts.formats.limits import COLUMNS, DOCUMENT_BYTES, LINE_BYTES, TABLE_CELLS
from pipelines.extracts.formats.lines import count_lines
from pipelines.extracts.layout.headers import ROW_NUMBER, HeaderMatcher

Record = dict[str, Any]
_FEWEST_COLUMNS = 2
_RECORDS_AT_ONCE = 10_000
_BOM_TOO = "utf-8-sig"
_NESTED: Mapping[type[Any], Any] = {dict: "{…}", list: "[…]"}


def read_json(path: Path, matcher: HeaderMatcher, folder: Path) -> Grid:
    """Read all records; headers are the keys of any of them.

    Raises:
        RejectedFileError: The text is not JSON, holds no list of records, or is too large to be
            held.
    """
    encoding = guess_encoding(path)
    text = as_utf8(path, encoding, folder)
    try:
        frame = _by_line(text) if _has_record_lines(text) else _by_document(text, matcher)
    except UnicodeDecodeError as error:
        raise RejectedFileError(f"The JSON file is not UTF-8 text ({error}).") from error
    headers = [name for name in frame.columns if name != ROW_NUMBER]
    match = matcher.match(headers)
    every = pl.DataFrame([frame[name].alias(str(place)) for place, name in enumerate(headers)])
    numbered = every.with_columns(frame[ROW_NUMBER])
    needed = numbered.select(*map(str, match.needed), ROW_NUMBER)
    shown = UTF8 if text == path else encoding
    return Grid(match, [list(headers)], whole(needed, every), encoding=shown)


def _has_record_lines(text: Path) -> bool:
    """True when the first line is a record in itself, and not the only line."""
    with text.open(encoding=_BOM_TOO) as file:
        lines = iter(lambda: file.readline(LINE_BYTES), "")
        first, *others = islice((line for line in lines if line.strip()), 2)
    try:
        return bool(others) and first.lstrip()[0] == "{" and isinstance(_loads(first), dict)
    except json.JSONDecodeError:
        return False


def _by_line(text: Path) -> pl.DataFrame:
    count_lines(text)
    frames = []
    with text.open(encoding=_BOM_TOO) as file:
        numbered = ((number, line) for number, line in enumerate(file, start=1) if line.strip())
        while batch := list(islice(numbered, _RECORDS_AT_ONCE)):
            numbers = [number for number, _ in batch]
            records = _records_of_lines(numbers, [line for _, line in batch])
            frames.append(_frame(_checked(records), numbers))
    names = {name for frame in frames for name in frame.columns}
    _require_bearable(len(names), sum(frame.height for frame in frames), text.stat().st_size)
    return pl.concat(frames, how="diagonal").rechunk()


def _records_of_lines(numbers: list[int], lines: list[str]) -> list[Any]:
    try:
        found = _loads("[" + ",".join(lines) + "]")
    except json.JSONDecodeError as error:
        number = numbers[min(error.lineno, len(numbers)) - 1]
        raise RejectedFileError(f"Line {number} is not a JSON record ({error.msg}).") from error
    if len(found) != len(lines):
        raise RejectedFileError(
            f"Lines {numbers[0]} to {numbers[-1]} hold {len(found)} values: write one per line."
        )
    return list(found)


def _by_document(text: Path, matcher: HeaderMatcher) -> pl.DataFrame:
    if text.stat().st_size > DOCUMENT_BYTES:
        raise RejectedFileError(
            f"The JSON file takes more than {DOCUMENT_BYTES >> 20} MB: write one record per line."
        )
    content = text.read_text(encoding=_BOM_TOO)
    if sum(map(content.count, ",[{")) > TABLE_CELLS:
        raise RejectedFileError(
            f"The JSON file holds more than {TABLE_CELLS:,} values: write one record per line."
        )
    try:
        document = _loads(content)
    except json.JSONDecodeError as error:
        raise RejectedFileError(
            f"The file is not valid JSON: {error.msg} at line {error.lineno}."
        ) from error
    records = _checked(_records_in(document, matcher))
    return _frame(records, range(1, len(records) + 1))


def _frame(records: list[Record], numbers: Iterable[int]) -> pl.DataFrame:
    """The records side by side: a text column per key, and the row numbers."""
    keys = dict.fromkeys(key for record in records for key in record)
    _require_bearable(len(keys), len(records))
    columns = [_column(key, list(map(methodcaller("get", key), records))) for key in keys]
    return pl.DataFrame([*columns, pl.Series(ROW_NUMBER, numbers, pl.Int64)])


def _column(key: str, values: list[Any]) -> pl.Series:
    """One key of all records as text; of what is nested only that it is."""
    if not _NESTED.keys().isdisjoint(map(type, values)):
        # Its own keys are named by no contract, so what they hold must not become a value here.
        values = [_NESTED.get(type(value), value) for value in values]
    return pl.Series(key, values, pl.String, strict=False)


def _require_bearable(names: int, records: int, size: int = 0) -> None:
    """Refuse records of which each has names of its own: as columns they are mostly gaps."""
    if names > COLUMNS or names * records > max(TABLE_CELLS, size):
        raise RejectedFileError(f"The records have {names:,} different names: no table has.")


def _records_in(document: Any, matcher: HeaderMatcher) -> list[Any]:
    """The list within a document, or the document itself where it is the only record."""
    is_object = isinstance(document, dict) and not _from_columns(document)
    is_record = is_object and not matcher.match(document).missing
    return [document] if is_record else _list_within(document)


def _list_within(document: Any) -> list[Any]:
    """The list of records: the document itself, or the one list of objects nested in it."""
    inside = [document]
    while inside:
        for value in inside:
            if isinstance(value, dict) and (records := _from_columns(value)):
                return records
        lists = [value for value in inside if isinstance(value, list)]
        found = [value for value in lists if value and isinstance(value[0], dict)] or lists
        if len(found) == 1:
            return found[0]
        if found:
            break
        inside = [inner for value in inside if isinstance(value, dict) for inner in value.values()]
    raise RejectedFileError(
        "The JSON file must hold exactly one list of records, alone or inside an object such as "
        '{"data": [...]}.'
    )


def _from_columns(value: Record) -> list[Record] | None:
    """Records of an object of columns, or of names and rows apart; None when it is neither."""
    if isinstance(names := value.get("columns"), list) and isinstance(value.get("data"), list):
        rows = value["data"]
        if rows and all(isinstance(row, list) and len(row) == len(names) for row in rows):
            return [dict(zip(map(str, names), row, strict=True)) for row in rows]
    columns = list(value.values())
    if len(columns) < _FEWEST_COLUMNS or not all(isinstance(column, list) for column in columns):
        return None
    is_flat = not any(isinstance(cell, dict | list) for column in columns for cell in column)
    if not is_flat or len(set(map(len, columns))) > 1:
        return None
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _checked(records: list[Any]) -> list[Record]:
    for place, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise RejectedFileError(f"Record {place} of the JSON file is not an object with names.")
    return records


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise RejectedFileError("The JSON file is nested too deeply to be a table.") from error
