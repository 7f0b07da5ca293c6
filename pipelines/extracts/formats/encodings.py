"""Which encoding a text file has, and a UTF-8 copy of it where it has another one.

UTF-8 files, nearly all, are not copied and not decoded here: Polars checks them as it reads.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.legacy_encodings import (
    TCVN3,
    VNI,
    WINDOWS_1258,
    choose,
    converter,
    is_open_end,
)

HEAD_BYTES = 1 << 18
CHUNK_BYTES = 1 << 20
UTF8 = "utf-8"

_MARKS = {codecs.BOM_UTF8: UTF8, codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_BYTE_WORD = re.compile(rb"(?<![A-Za-z])[A-Za-z]*[\x80-\x9f\xa1-\xff][A-Za-z\x80-\x9f\xa1-\xff]*")
_LETTER_BYTE = re.compile(rb"[\xa1-\xff]")
"""Below these are quotes and dashes, the same in all encodings."""
_FIRST_LETTER = re.compile(
    rb"\A[\x00-\x7f]*(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})[\x80-\xbf]"
)
"""The first one beyond ASCII, where it is a letter of UTF-8."""

_WORDS_ENOUGH = 2_000


def guess_encoding(path: Path) -> str:
    """Name the encoding by the byte order mark, else by what the text decodes as.

    Raises:
        RejectedFileError: The file is not text, or its encoding cannot be told.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\x00" in head:
        return _utf16_without_mark(head)
    try:
        codecs.getincrementaldecoder(UTF8)().decode(head)
    except UnicodeDecodeError:
        return _legacy_encoding(path)
    return UTF8


def guess_text_encoding(path: Path) -> str:
    """The same of text that may begin with any number of plain ASCII lines.

    Raises:
        RejectedFileError: The file is not text, or its encoding cannot be told.
    """
    encoding = guess_encoding(path)
    return encoding if encoding != UTF8 or _goes_on_as_utf8(path) else _legacy_encoding(path)


def _goes_on_as_utf8(path: Path) -> bool:
    """Whether the first letter beyond ASCII, if there is one, is UTF-8."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if not chunk.isascii():
                # A letter may lie across two chunks.
                return _FIRST_LETTER.search(chunk + file.read(3)) is not None
    return True


def _utf16_without_mark(head: bytes) -> str:
    """UTF-16 in the byte order that gives letters: every ASCII character has one zero byte."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    little, big = not even and odd > len(head) // 8, not odd and even > len(head) // 8
    if little == big:
        raise RejectedFileError(
            "The file is neither text nor any format that is read: export it again."
        )
    return "utf-16-le" if little else "utf-16-be"


def _legacy_encoding(path: Path) -> str:
    """The encoding of a file that is not UTF-8, by its words beyond ASCII.

    Raises:
        RejectedFileError: None of the known ones, or more than one, makes them Vietnamese.
    """
    words: set[bytes] = set()
    with path.open("rb") as file:
        while len(words) < _WORDS_ENOUGH and (chunk := file.read(CHUNK_BYTES)):
            words.update(_BYTE_WORD.findall(chunk))
    if not any(_LETTER_BYTE.search(word) for word in words):
        return WINDOWS_1258
    as_letters = [word.decode("latin-1") for word in words]
    readings = {name: list(map(converter(name), as_letters)) for name in (TCVN3, VNI)}
    windows = [word.decode(WINDOWS_1258, errors="replace") for word in words]
    if found := choose({WINDOWS_1258: windows, **readings}):
        return found
    raise RejectedFileError(
        "The text is not UTF-8, and it cannot be told which of Windows-1258, TCVN3 (ABC) or VNI "
        "it is: export it as UTF-8."
    )


def as_utf8(path: Path, encoding: str, folder: Path) -> Path:
    """The file itself when it is UTF-8, else a UTF-8 copy in `folder`.

    Raises:
        RejectedFileError: The bytes are not text of that encoding.
    """
    if encoding == UTF8:
        return path
    copy = folder / f"{path.name}.as-utf8"
    is_font = encoding in (TCVN3, VNI)
    try:
        with (
            # Bytes 80 to 9F are quotes and dashes in all of them, as in Western European.
            path.open(
                encoding="cp1252" if is_font else encoding,
                errors="replace" if is_font else "strict",
                newline="",
            ) as source,
            copy.open("w", encoding=UTF8, newline="") as out,
        ):
            for text in _in_unicode(source, encoding) if is_font else _chunks(source):
                out.write(text)
    except UnicodeError as error:
        raise RejectedFileError(
            f"The text is neither UTF-8 nor {encoding} ({error}): export it as UTF-8."
        ) from error
    return copy


def _chunks(source: TextIO) -> Iterator[str]:
    while chunk := source.read(CHUNK_BYTES):
        yield chunk


def _in_unicode(source: TextIO, encoding: str) -> Iterator[str]:
    convert = converter(encoding)
    held = ""
    for chunk in _chunks(source):
        text = held + chunk
        held = text[-1] if is_open_end(text) else ""
        yield convert(text[: len(text) - len(held)])
    yield held


def require_utf8(text: Path) -> None:
    """Refuse a text that is broken somewhere.

    Raises:
        RejectedFileError: It begins as UTF-8 and breaks later: decoding it otherwise would garble
            what was right.
    """
    decoder = codecs.getincrementaldecoder(UTF8)()
    place = 0
    with text.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise RejectedFileError(
                    f"The text is UTF-8 until byte {place + error.start} and broken there: "
                    "export it again."
                ) from error
            place += len(chunk)
