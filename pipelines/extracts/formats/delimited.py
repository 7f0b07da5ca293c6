"""Reads delimited text: csv and tsv with any common delimiter and quoting.

The first kilobytes decide delimiter and header row; the body goes through Polars' own reader block
by block, declared columns only. Row numbers are line numbers. They follow from the row's ordinal
unless values hold line breaks, which shows in a block having more lines than rows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.ahead import ahead
from pipelines.extracts.formats.blocks import BLOCK_BYTES, Block, cut
from pipelines.extracts.formats.encodings import (
    HEAD_BYTES,
    as_utf8,
    guess_text_encoding,
    require_utf8,
)
from pipelines.extracts.formats.grid import Grid, Piece, Rows
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


def read_delimited(
    path: Path, matcher: HeaderMatcher, folder: Path, size: int = BLOCK_BYTES
) -> Grid:
    """Find the table of a text file, to be read a block at a time.

    Raises:
        RejectedFileError: The encoding is unknown or there is no table; and from the pieces, that
            quotes do not pair or the text is broken.
    """
    encoding = guess_text_encoding(path)
    text = as_utf8(path, encoding, folder)
    layout = find_layout(text, matcher)

    def pieces() -> Iterator[Piece]:
        for block in cut(text, layout.line_end, layout.lines_above, size):
            try:
                yield _read(block, layout)
            except pl.exceptions.PolarsError as error:
                raise _unsplittable(text, error) from error

    return Grid(
        layout.match,
        layout.head,
        lambda: ahead(pieces()),
        header_row=layout.header_line,
        encoding=encoding,
        delimiter=layout.delimiter,
    )


def _unsplittable(text: Path, error: pl.exceptions.PolarsError) -> RejectedFileError:
    require_utf8(text)
    reason = str(error).splitlines()[0]
    return RejectedFileError(
        f"The text cannot be split into rows ({reason}): look for quotes that do not pair."
    )


def _read(block: Block, layout: Layout) -> Piece:
    def every_column() -> pl.DataFrame:
        return _scan(block, layout).drop(OVERFLOW).collect()

    frame = _scan(block, layout).select(*map(str, layout.match.needed), OVERFLOW).collect()
    if block.lines == frame.height:
        numbers = pl.int_range(frame.height, dtype=pl.Int64, eager=True) + block.first_line
    else:
        numbers = _numbers_by_content(_scan(block, layout).collect(), block, layout)
    frame = frame.with_columns(numbers.alias(ROW_NUMBER))
    if frame[OVERFLOW].null_count() == frame.height:
        frame.drop_in_place(OVERFLOW)
    return Piece(frame, every_column)


def _scan(block: Block, layout: Layout) -> pl.LazyFrame:
    names = [*map(str, range(len(layout.match.headers))), OVERFLOW]
    return pl.scan_csv(
        list(block.texts),
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        separator=layout.delimiter,
        eol_char=layout.line_end,
        infer_schema=False,
        missing_columns="insert",
        extra_columns="ignore",
        truncate_ragged_lines=True,
        raise_if_empty=False,
        glob=False,
    )


def _numbers_by_content(frame: pl.DataFrame, block: Block, layout: Layout) -> pl.Series:
    """Line numbers of rows whose values hold line breaks: each row is as tall as its breaks say."""
    breaks = pl.sum_horizontal(
        pl.all().str.count_matches(layout.line_end, literal=True).fill_null(0)
    ).cast(pl.Int64)
    heights = frame.select(1 + breaks).to_series()
    if heights.sum() != block.lines:
        last = block.first_line + block.lines - 1
        raise RejectedFileError(
            f"Lines {block.first_line} to {last} of the text are {block.lines} lines, but their "
            f"rows add up to {heights.sum()}: look for quotes that do not pair."
        )
    return heights.cum_sum() - heights + block.first_line


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
