"""Cuts a text into blocks of whole rows, so that one of any length is held a block at a time.

A row ends at a line end that stands outside quotes, which is after an even number of them: Polars
tells rows apart by the same rule, so a block is read as it would be within the whole text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.limits import LINE_BYTES, MIB, ROW_BYTES

BLOCK_BYTES = 32 * MIB
"""Some 100,000 dossiers, so that what every block costs whatever its size does not show."""

_PARTS = 2
"""A block is read in parts, for the allocator hands larger ones back to the system every time,
which costs more than reading them."""

_HEAD_BYTES = 1 << 18
_QUOTE = b'"'


@dataclass(frozen=True)
class Block:
    """Whole rows of a text.

    Attributes:
        texts: Their bytes, in parts that are whole rows too.
        first_line: The number of the line that they begin with.
        lines: How many lines they take.
    """

    texts: tuple[bytes, ...]
    first_line: int
    lines: int


def cut(text: Path, line_end: str, lines_above: int, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """Cut a text into blocks.

    Args:
        text: A file of text.
        line_end: What ends a line.
        lines_above: How many lines at the top are left out.
        size: Bytes of a block, at most, unless a row is larger. A text without rows is one empty
            block.

    Raises:
        RejectedFileError: A line is longer than any row could be, or a row does not end.
    """
    end, line = line_end.encode(), lines_above + 1
    parts = _parts(text, end, lines_above, max(1, size // _PARTS))
    while texts := tuple(islice(parts, _PARTS)):
        lines = sum(_lines_in(part, end) for part in texts)
        yield Block(texts, line, lines)
        line += lines


def _parts(text: Path, end: bytes, lines_above: int, size: int) -> Iterator[bytes]:
    """Parts of whole rows, each of so many bytes at most unless a row is larger; at least one."""
    with text.open("rb", buffering=0) as file:
        place, whole = _below(file, end, lines_above), text.stat().st_size
        while True:
            part = _part(file, end, place, size)
            place += len(part)
            yield part
            if place >= whole:
                return


def _part(file: IO[bytes], end: bytes, place: int, size: int) -> bytes:
    """The whole rows among the next bytes; of more bytes where a row does not end among them."""
    file.seek(place)
    content = file.read(size)
    if (start := _start_of_long_line(content, end)) is not None:
        raise RejectedFileError(
            f"Line {_line_at(file, end, place + start)} is longer than {LINE_BYTES // MIB} MB: the "
            "file is no table of text, or its line ends are missing. Export it again."
        )
    if len(content) < size:
        return content
    if stop := _end_of_rows(content, end):
        return content[:stop]
    if size > ROW_BYTES:
        raise RejectedFileError(
            f"The row that begins in line {_line_at(file, end, place)} does not end within "
            f"{ROW_BYTES // MIB} MB: look for quotes that do not pair."
        )
    return _part(file, end, place, 2 * size)


def _below(file: IO[bytes], end: bytes, lines: int) -> int:
    """Where the text stands below so many lines."""
    place = 0
    while lines and (content := file.read(_HEAD_BYTES)):
        start = 0
        while lines and (found := content.find(end, start)) >= 0:
            start, lines = found + 1, lines - 1
        place += len(content) if lines else start
    return place


def _line_at(file: IO[bytes], end: bytes, place: int) -> int:
    """The number of the line that begins at a place."""
    file.seek(0)
    line, left = 1, place
    while content := file.read(min(left, _HEAD_BYTES)):
        line, left = line + content.count(end), left - len(content)
    return line


def _lines_in(text: bytes, end: bytes) -> int:
    """How many lines a text has; one without a line end at its end counts."""
    return _count(text, end) + bool(text and not text.endswith(end))


def _count(text: bytes, sign: bytes) -> int:
    """How often a sign occurs, counted so that threads beside this one get their turns."""
    return sum(text.count(sign, start, start + MIB) for start in range(0, len(text), MIB))


def _end_of_rows(content: bytes, end: bytes) -> int:
    """Where the last row ends that is whole for certain."""
    is_open = _count(content, _QUOTE) % 2 == 1
    stop = len(content)
    while (place := content.rfind(end, 0, stop)) >= 0:
        if content.count(_QUOTE, place, stop) % 2:
            is_open = not is_open
        if not is_open:
            return place + 1
        # Within a value: on to what stands before the quote that opens it.
        stop, is_open = content.rfind(_QUOTE, 0, place), False
    return 0


def _start_of_long_line(content: bytes, end: bytes) -> int | None:
    """Where a line begins that is longer than any row could be."""
    start = 0
    while len(content) - start > LINE_BYTES:
        last = content.rfind(end, start, start + LINE_BYTES + 1)
        if last < 0:
            return start
        start = last + 1
    return None
