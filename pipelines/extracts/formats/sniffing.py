"""What a file is, by its content: its name says nothing certain."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.archives import DAMAGED_ZIP

TEXT, HTML, SPREADSHEETML, JSON = "csv", "html", "spreadsheetml", "json"
XLSX, XLSB, XLS, ODS, PARQUET = "xlsx", "xlsb", "xls", "ods", "parquet"
MHTML, ZIP, GZIP = "mhtml", "zip", "gz"

ZIPPED_WORKBOOKS = (XLSX, XLSB, ODS)
WITH_FONTS = (XLSX, XLSB, XLS, ODS, HTML, SPREADSHEETML)

_SNIFF_BYTES = 4096
_MAGIC = {
    b"\xd0\xcf\x11\xe0": XLS,
    b"PAR1": PARQUET,
    b"MIME-Ver": MHTML,
    b"\x1f\x8b": GZIP,
    b"PK\x05\x06": ZIP,
}
_MEMBERS = {"xl/workbook.xml": XLSX, "xl/workbook.bin": XLSB, "content.xml": ODS}
_WORKBOOK = re.compile(r"<(?:\w+:)?Workbook\b")


def sniff(path: Path) -> str:
    """Name the format of a file from its first bytes.

    Raises:
        RejectedFileError: The file is empty, or a damaged archive.
    """
    with path.open("rb") as file:
        start = file.read(_SNIFF_BYTES)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise RejectedFileError("The file is empty: export it again.")
    if start.startswith(b"PK\x03\x04"):
        return _sniff_zip(path)
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return kind
    return _sniff_text(start)


def _sniff_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            # Some programs write \ between folders.
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except DAMAGED_ZIP as error:
        raise RejectedFileError(
            f"The workbook or archive is damaged ({error}): export or copy it again."
        ) from error
    return next((kind for member, kind in _MEMBERS.items() if member in names), ZIP)


def _sniff_text(start: bytes) -> str:
    text = _decoded(start).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return SPREADSHEETML if _WORKBOOK.search(text) else HTML
    return JSON if text.startswith(("[", "{")) else TEXT


def _decoded(start: bytes) -> str:
    """Enough to see the first signs; ASCII stands at the same places in all other encodings."""
    even = start[: len(start) // 2 * 2]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return even.decode("utf-16", errors="ignore")
    if start[1:2] == b"\0":
        return even.decode("utf-16-le", errors="ignore")
    if start[:1] == b"\0":
        return even.decode("utf-16-be", errors="ignore")
    return start.decode("utf-8", errors="ignore")
