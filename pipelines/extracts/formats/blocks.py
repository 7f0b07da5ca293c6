"""Cuts a text into blocks of whole rows, so that one of any length is held a block at a time.

A row ends at a line end that stands outside quotes, which is after an even number of them: Polars
tells rows apart by the same rule, so a block is read as it would be within the whole text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.limits import LINE_BYTES, MIB, ROW_BYTES

BLOCK_BYTES = 24 * MIB
"""Some 50,000 dossiers: enough to keep all processors busy. Twice as much and the allocator gives
the memory of each block back to the system, which costs more than reading it."""

_HEAD_BYTES = 1 << 18

_QUOTE = b'"'


@dataclass(frozen=True)
class Block:
    """Whole rows of a text.

    Attributes:
        text: Their bytes.
        first_line: The number of the line that they begin with.
        lines: How many lines they take.
    """

    text: bytes
    first_line: int
    lines: int


def cut(text: Path, line_end: str, lines_above: int, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """Cut a text into blocks.

    Args:
        text: A file of text.
        line_end: What ends a line.
        lines_above: How many lines at the top are left out.
        size: Bytes to read at a time: a block is at most as large, unless a row is larger. A text
            without rows is one empty block.

    Raises:
        RejectedFileError: A line is longer than any row could be, or a row does not end.
    """
    end = line_end.encode()
    line, at_once = lines_above + 1, size
    with text.open("rb", buffering=0) as file:
        place = _below(file, end, lines_above)
        while True:
            file.seek(place)
            content = file.read(at_once)
            is_last = len(content) < at_once
            _require_line_ends(content, end, line)
            stop = len(content) if is_last else _end_of_rows(content, end)
            if not stop and not is_last:
                _require_row_end(content, line)
                at_once *= 2
                continue
            block = Block(content[:stop], line, _lines_in(content, end, stop))
            yield block
            if is_last:
                return
            place, line, at_once = place + stop, line + block.lines, size


def _below(file: IO[bytes], end: bytes, lines: int) -> int:
    """Where the text stands below so many lines."""
    place = 0
    while lines and (content := file.read(_HEAD_BYTES)):
        start = 0
        while lines and (found := content.find(end, start)) >= 0:
            start, lines = found + 1, lines - 1
        place += start if not lines else len(content)
    return place


def _lines_in(content: bytes, end: bytes, stop: int) -> int:
    is_open = stop > 0 and not content.endswith(end, 0, stop)
    return content.count(end, 0, stop) + is_open


def _end_of_rows(content: bytes, end: bytes) -> int:
    """Where the last row ends that is whole for certain."""
    is_open = content.count(_QUOTE) % 2 == 1
    stop = len(content)
    while (place := content.rfind(end, 0, stop)) >= 0:
        if content.count(_QUOTE, place, stop) % 2:
            is_open = not is_open
        if not is_open:
            return place + 1
        # Within a value: on to what stands before the quote that opens it.
        stop, is_open = content.rfind(_QUOTE, 0, place), False
    return 0


def _require_line_ends(content: bytes, end: bytes, first_line: int) -> None:
    start = 0
    while len(content) - start > LINE_BYTES:
        last = content.rfind(end, start, start + LINE_BYTES + 1)
        if last < 0:
            line = first_line + content.count(end, 0, start)
            raise RejectedFileError(
                f"Line {line} is longer than {LINE_BYTES // MIB} MB: the file is no table of text, "
                "or its line ends are missing. Export it again."
            )
        start = last + 1


def _require_row_end(held: bytes, line: int) -> None:
    if len(held) > ROW_BYTES:
        raise RejectedFileError(
            f"The row that begins in line {line} does not end within {ROW_BYTES // MIB} MB: look "
            "for quotes that do not pair."
        )
