"""Which encoding a text file has, and a UTF-8 copy of it where it has another one.

UTF-8 files, nearly all, are not copied and not decoded here: Polars checks them as it reads.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from pipelines.extracts.faults import RejectedFileError

HEAD_BYTES = 1 << 18
CHUNK_BYTES = 1 << 20
UTF8 = "utf-8"
LEGACY = "cp1258"
"""Windows-1258, the Vietnamese code page of Windows before Unicode."""

_MARKS = {codecs.BOM_UTF8: UTF8, codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def guess_encoding(path: Path) -> str:
    """Name the encoding by the byte order mark, else by what the first kilobytes decode as.

    Raises:
        RejectedFileError: The file is not text.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\x00" in head:
        raise RejectedFileError(
            "The file is neither text nor any format that is read: export it again."
        )
    try:
        codecs.getincrementaldecoder(UTF8)().decode(head)
    except UnicodeDecodeError:
        return LEGACY
    return UTF8


def as_utf8(path: Path, encoding: str, folder: Path) -> Path:
    """The file itself when it is UTF-8, else a UTF-8 copy in `folder`.

    Raises:
        RejectedFileError: The bytes are not text of that encoding.
    """
    if encoding == UTF8:
        return path
    copy = folder / "as-utf8"
    try:
        with (
            path.open(encoding=encoding, newline="") as source,
            copy.open("w", encoding=UTF8, newline="") as out,
        ):
            while chunk := source.read(CHUNK_BYTES):
                out.write(chunk)
    except UnicodeError as error:
        raise RejectedFileError(
            f"The text is neither UTF-8 nor {encoding} ({error}): export it as UTF-8."
        ) from error
    return copy


def fallback_encoding(path: Path) -> str | None:
    """What to try when reading as UTF-8 failed: None when its encoding was not the reason.

    Raises:
        RejectedFileError: The text begins as UTF-8 and breaks later: decoding it otherwise would
            garble what was right.
    """
    decoder = codecs.getincrementaldecoder(UTF8)()
    is_ascii, place = True, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            try:
                is_ascii = decoder.decode(chunk).isascii() and is_ascii
            except UnicodeDecodeError as error:
                if is_ascii and chunk[: error.start].isascii():
                    return LEGACY
                raise RejectedFileError(
                    f"The text is UTF-8 until byte {place + error.start} and broken there: "
                    "export it again."
                ) from error
            place += len(chunk)
    return None
