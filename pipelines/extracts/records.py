"""Reads JSON: an array of records, records inside an object (`{"data": [...]}`), one per line.

Numbers stay as they are written (`1.001230` keeps its zero). The row number is the ordinal of the
record, or its line where each line is a record.
"""

from __future__ import annotations

import json
from operator import methodcaller
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import Grid
from pipelines.extracts.headers import ROW_NUMBER, HeaderMatcher

Record = dict[str, Any]


def read_json(path: Path, matcher: HeaderMatcher, _folder: Path) -> Grid:
    """Read all records; headers are the keys of any of them.

    Raises:
        RejectedFileError: The text is not JSON, or holds no list of records.
    """
    try:
        text = path.read_bytes().decode(_encoding(path))
    except UnicodeDecodeError as error:
        raise RejectedFileError(f"The JSON file is not UTF-8 text ({error}).") from error
    lines = text.split("\n")
    by_line = len(lines) > 1 and lines[0].lstrip().startswith("{") and _is_record(lines[0])
    numbers, records = _from_lines(lines) if by_line else _from_document(text)
    headers = list(dict.fromkeys(key for record in records for key in record))
    match = matcher.match(headers)
    columns = {
        str(place): pl.Series(
            list(map(methodcaller("get", headers[place]), records)), dtype=pl.String, strict=False
        )
        for place in match.needed
    }
    frame = pl.DataFrame({**columns, ROW_NUMBER: pl.Series(numbers, dtype=pl.Int64)})
    return Grid(frame, match, encoding=_encoding(path))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    return "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _is_record(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except json.JSONDecodeError:
        return False


def _from_lines(lines: list[str]) -> tuple[list[int], list[Record]]:
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    numbers = [number for number, _ in numbered]
    try:
        records = _loads("[" + ",\n".join(line for _, line in numbered) + "]")
    except json.JSONDecodeError as error:
        line = numbers[min(error.lineno, len(numbers)) - 1]
        raise RejectedFileError(f"Line {line} is not a JSON record ({error.msg}).") from error
    return numbers, _checked(records)


def _from_document(text: str) -> tuple[list[int], list[Record]]:
    try:
        document = _loads(text)
    except json.JSONDecodeError as error:
        raise RejectedFileError(
            f"The file is not valid JSON: {error.msg} at line {error.lineno}."
        ) from error
    records = _checked(_list_within(document))
    return list(range(1, len(records) + 1)), records


def _list_within(document: Any) -> list[Any]:
    """The list of records: the document itself, or the one list of objects nested in it."""
    inside = [document]
    while inside:
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
