"""Reads delimited text: csv and tsv with any common delimiter and quoting.

The first kilobytes decide delimiter and header row; the body goes through Polars' own reader,
declared columns only. Row numbers are line numbers. They follow from the row's ordinal unless
values hold line breaks, which shows in the file having more lines than rows.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.encodings import (
    HEAD_BYTES,
    UTF8,
    as_utf8,
    fallback_encoding,
    guess_encoding,
)
from pipelines.extracts.formats.lines import count_lines
from pipelines.extracts.formats.tables import Grid, Rows
from pipelines.extracts.layout.headers import (
    HEADER_SEARCH_ROWS,
    OVERFLOW,
    ROW_NUMBER,
    HeaderMatch,
    HeaderMatcher,
)

DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Layout:
    """Where the table stands in the text.

    Attributes:
        delimiter: What separates values.
        line_end: What ends a line: a line feed (also after a carriage return), or that alone.
        match: The fit of the header row.
        header_line: The line the header begins at.
        lines_above: How many lines stand above the body, the header's own included.
        head: The rows above the body.
    """

    delimiter: str
    line_end: str
    match: HeaderMatch
    header_line: int
    lines_above: int
    head: Rows


def read_delimited(path: Path, matcher: HeaderMatcher, folder: Path) -> Grid:
    """Read the declared columns of a text file.

    Raises:
        RejectedFileError: The encoding is unknown, quotes do not pair, or there is no table.
    """
    encoding = guess_encoding(path)
    try:
        return _read(path, encoding, matcher, folder)
    except pl.exceptions.PolarsError as error:
        other = fallback_encoding(path) if encoding == UTF8 else None
        if other is None:
            raise _unsplittable(error) from error
    try:
        return _read(path, other, matcher, folder)
    except pl.exceptions.PolarsError as error:
        raise _unsplittable(error) from error


def _unsplittable(error: pl.exceptions.PolarsError) -> RejectedFileError:
    reason = str(error).splitlines()[0]
    return RejectedFileError(
        f"The text cannot be split into rows ({reason}): look for quotes that do not pair."
    )


def _read(path: Path, encoding: str, matcher: HeaderMatcher, folder: Path) -> Grid:
    text = as_utf8(path, encoding, folder)
    layout = find_layout(text, matcher)
    width = len(layout.match.headers)
    lines = count_lines(text, layout.line_end)
    frame = _scan(text, layout, width).select(*map(str, layout.match.needed), OVERFLOW).collect()
    if lines == layout.lines_above + frame.height:
        numbers = pl.int_range(frame.height, dtype=pl.Int64, eager=True) + layout.lines_above + 1
    else:
        numbers = _numbers_by_content(_scan(text, layout, width).collect(), layout, lines)
    frame = frame.with_columns(numbers.alias(ROW_NUMBER))
    if frame[OVERFLOW].null_count() == frame.height:
        frame.drop_in_place(OVERFLOW)
    return Grid(
        frame,
        layout.match,
        layout.head,
        lambda: _scan(text, layout, width).drop(OVERFLOW).collect(),
        header_row=layout.header_line,
        encoding=encoding,
        delimiter=layout.delimiter,
    )


def _scan(text: Path, layout: Layout, width: int) -> pl.LazyFrame:
    names = [*map(str, range(width)), OVERFLOW]
    return pl.scan_csv(
        text,
        has_header=False,
        skip_lines=layout.lines_above,
        schema=dict.fromkeys(names, pl.String),
        separator=layout.delimiter,
        eol_char=layout.line_end,
        infer_schema=False,
        missing_columns="insert",
        truncate_ragged_lines=True,
        raise_if_empty=False,
        glob=False,
    )


def _numbers_by_content(frame: pl.DataFrame, layout: Layout, lines: int) -> pl.Series:
    """Line numbers of rows whose values hold line breaks: each row is as tall as its breaks say."""
    breaks = pl.sum_horizontal(
        pl.all().str.count_matches(layout.line_end, literal=True).fill_null(0)
    ).cast(pl.Int64)
    heights = frame.select(1 + breaks).to_series()
    if layout.lines_above + heights.sum() != lines:
        raise RejectedFileError(
            f"The text has {lines} lines but its rows add up to "
            f"{layout.lines_above + heights.sum()}: look for quotes that do not pair."
        )
    return heights.cum_sum() - heights + layout.lines_above + 1


def find_layout(text: Path, matcher: HeaderMatcher) -> Layout:
    """Choose the delimiter and the header row under which most columns of the contract appear.

    Raises:
        RejectedFileError: There is no text in the first kilobytes.
    """
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(HEAD_BYTES)
        is_whole = not file.read(1)
    if not is_whole and "\n" not in head and "\r" not in head:
        raise RejectedFileError(
            f"The first line is longer than {HEAD_BYTES >> 10} KB: the file is no table of text, "
            "or its line ends are missing. Export it again."
        )
    line_end = "\n" if "\n" in head or "\r" not in head else "\r"
    lines = [line + "\n" for line in head.split(line_end)]
    found = [
        layout
        for delimiter in DELIMITERS
        if (layout := _layout_with(delimiter, line_end, lines if is_whole else lines[:-1], matcher))
    ]
    if not found:
        raise RejectedFileError("The file holds no text in its first lines: export it again.")
    return max(found, key=lambda layout: (layout.match.score, len(layout.match.headers)))


def _layout_with(
    delimiter: str, line_end: str, lines: list[str], matcher: HeaderMatcher
) -> Layout | None:
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) == HEADER_SEARCH_ROWS:
                break
    except csv.Error as error:
        raise RejectedFileError(f"The first lines are not a table of text ({error}).") from error
    if (found := matcher.find(rows)) is None:
        return None
    place, match = found
    header_line = (ends[place - 1] if place else 0) + 1
    head: Rows = [list(row) for row in rows[: place + 1]]
    return Layout(delimiter, line_end, match, header_line, ends[place], head)
