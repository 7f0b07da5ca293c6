"""Cuts a text into blocks of whole rows, so that one of any length is held a block at a time.

A row ends at a line end that stands outside quotes, which is after an even number of them: Polars
tells rows apart by the same rule, so a block is read as it would be within the whole text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from itertools import chain, islice, repeat
from pathlib import Path
from typing import NamedTuple

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.limits import LINE_BYTES, MIB, ROW_BYTES

BLOCK_BYTES = 32 * MIB
"""Some 100,000 dossiers, so that what every block costs whatever its size does not show."""

_PARTS = 2
"""A block is read in parts, for the allocator hands larger ones back to the system every time,
which costs more than reading them."""

_HEAD_BYTES = 1 << 18
_STEP_BYTES = 1 << 18
"""So much is read and counted before other threads get their turns."""

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
    line = lines_above + 1
    parts = _parts(text, line_end.encode(), lines_above, max(1, size // _PARTS))
    # With a small block first, those who cast, judge and write the rows begin the sooner.
    for count in chain((1,), repeat(_PARTS)):
        if not (block := tuple(islice(parts, count))):
            return
        lines = sum(part.lines for part in block)
        yield Block(tuple(part.text for part in block), line, lines)
        line += lines


class _Part(NamedTuple):
    """Whole rows, and how many lines they take; one without a line end at its end counts."""

    text: bytes
    lines: int


def _parts(text: Path, end: bytes, lines_above: int, size: int) -> Iterator[_Part]:
    """Parts of whole rows, each of so many bytes at most unless a row is larger; at least one."""
    with text.open("rb", buffering=0) as file:
        place, whole = _below(file, end, lines_above), text.stat().st_size
        # One byte more than there is shows the end.
        buffer = bytearray(min(size, whole + 1))
        while True:
            part = _part(file, end, place, buffer)
            place += len(part.text)
            yield part
            # A file that was cut off meanwhile gives nothing any more.
            if place >= whole or not part.text:
                return


def _part(file: FileIO, end: bytes, place: int, buffer: bytearray) -> _Part:
    """The whole rows among the next bytes; of more bytes where a row does not end among them."""
    file.seek(place)
    length, ends, quotes = _fill(buffer, file, end)
    if (start := _start_of_long_line(buffer, length, end)) is not None:
        raise RejectedFileError(
            f"Line {_line_at(file, end, place + start)} is longer than {LINE_BYTES // MIB} MB: the "
            "file is no table of text, or its line ends are missing. Export it again."
        )
    if length < len(buffer):
        is_cut_off = length > 0 and not buffer.endswith(end, 0, length)
        return _Part(bytes(memoryview(buffer)[:length]), ends + is_cut_off)
    if stop := _end_of_rows(buffer, end, is_open=quotes % 2 == 1):
        return _Part(bytes(memoryview(buffer)[:stop]), ends - buffer.count(end, stop))
    if length > ROW_BYTES:
        raise RejectedFileError(
            f"The row that begins in line {_line_at(file, end, place)} does not end within "
            f"{ROW_BYTES // MIB} MB: look for quotes that do not pair."
        )
    return _part(file, end, place, bytearray(2 * length))


def _fill(buffer: bytearray, file: FileIO, end: bytes) -> tuple[int, int, int]:
    """Read as much as there is room for; how many bytes, line ends and quotes that is.

    Python lets other threads in while it reads, but not while it counts.
    """
    view = memoryview(buffer)
    length = ends = quotes = 0
    while count := file.readinto(view[length : length + _STEP_BYTES]):
        ends += buffer.count(end, length, length + count)
        quotes += buffer.count(_QUOTE, length, length + count)
        length += count
    return length, ends, quotes


def _below(file: FileIO, end: bytes, lines: int) -> int:
    """Where the text stands below so many lines."""
    place = 0
    while lines and (content := file.read(_HEAD_BYTES)):
        start = 0
        while lines and (found := content.find(end, start)) >= 0:
            start, lines = found + 1, lines - 1
        place += len(content) if lines else start
    return place


def _line_at(file: FileIO, end: bytes, place: int) -> int:
    """The number of the line that begins at a place."""
    file.seek(0)
    line, left = 1, place
    while content := file.read(min(left, _HEAD_BYTES)):
        line, left = line + content.count(end), left - len(content)
    return line


def _end_of_rows(content: bytearray, end: bytes, *, is_open: bool) -> int:
    """Where the last row ends that is whole for certain; `is_open` where quotes do not pair."""
    stop = len(content)
    while (place := content.rfind(end, 0, stop)) >= 0:
        if content.count(_QUOTE, place, stop) % 2:
            is_open = not is_open
        if not is_open:
            return place + 1
        # Within a value: on to what stands before the quote that opens it.
        stop, is_open = content.rfind(_QUOTE, 0, place), False
    return 0


def _start_of_long_line(content: bytearray, length: int, end: bytes) -> int | None:
    """Where a line begins that is longer than any row could be."""
    start = 0
    while length - start > LINE_BYTES:
        last = content.rfind(end, start, start + LINE_BYTES + 1)
        if last < 0:
            return start
        start = last + 1
    return None
