"""Thousands of damaged files, cut short or with bits turned over: refused, or read as they stand.

What counts as read as it stands: a format with checksums gives the rows it had before, or none; in
the others every value that comes out occurs in the damaged bytes.
"""

from __future__ import annotations

import html
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.tables import read_table
from pipelines.extracts.layout.headers import OVERFLOW, ROW_NUMBER, HeaderMatcher
from tests.support import filewriters as writers
from tests.support.filewriters import Cell, Rows

DAMAGES = 180
"""Per format: some thousands together, in the time that a test may take."""

HEAD = ["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Trạng thái"]


def rows(*, dated: bool = True) -> Rows:
    body: list[list[Cell]] = []
    for place in range(12):
        day = datetime(2022, 1, 3) + timedelta(days=7 * place)
        shown = day if dated else day.strftime("%d/%m/%Y")
        status = ("Đang xử lý", "Đã trả kết quả")[place % 2]
        body.append([str(place + 1), f"000.00.15.H57-220103-{place:04}", shown, status])
    return [HEAD, *body]


def plain_parquet() -> bytes:
    out = io.BytesIO()
    head, *body = writers.texts(rows())
    pl.DataFrame(body, schema=head, orient="row").write_parquet(out, compression="uncompressed")
    return out.getvalue()


CHECKSUMMED: dict[str, Callable[[], bytes]] = {
    "xlsx": lambda: writers.xlsx(rows()),
    "xlsx inline": lambda: writers.inline_xlsx(rows()),
    "xlsb": lambda: writers.xlsb(rows()),
    "ods": lambda: writers.ods(rows()),
    "csv.gz": lambda: writers.gzipped(writers.delimited(rows()).encode()),
    "zip": lambda: writers.zipped({"a.csv": writers.delimited(rows())}),
}
OTHERS: dict[str, Callable[[], bytes]] = {
    "csv": lambda: writers.delimited(rows()).encode(),
    "csv quoted": lambda: writers.delimited(rows(), ";", "\r\n", quoting=1).encode("utf-8-sig"),
    "csv utf-16": lambda: writers.delimited(rows(), "\t").encode("utf-16"),
    "csv cp1258": lambda: writers.in_windows_1258(writers.delimited(rows())),
    "csv tcvn3": lambda: writers.ENCODERS["tcvn3"](writers.delimited(rows())),
    "json": lambda: writers.json_text(rows()).encode(),
    "json columns": lambda: writers.json_text(rows(), "columns").encode(),
    "json lines": lambda: writers.json_text(rows(), "lines").encode(),
    "html": lambda: writers.html_page(rows()).encode(),
    "html entities": lambda: writers.html_page(rows(), entities=True).encode(),
    "spreadsheetml": lambda: writers.spreadsheetml(rows(dated=False)).encode(),
    "xls": lambda: writers.xls(rows(dated=False)),
    "parquet": plain_parquet,
}


def damaged(content: bytes, seed: str) -> Iterator[bytes]:
    """A third is cut short, a third has one bit turned over, a third several."""
    chance = random.Random(seed)
    for place in range(DAMAGES):
        if place % 3 == 0:
            yield content[: chance.randrange(len(content))]
            continue
        changed = bytearray(content)
        for _ in range(1 if place % 3 == 1 else chance.randint(2, 8)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        yield bytes(changed)


@pytest.fixture(scope="module")
def matcher() -> HeaderMatcher:
    columns: dict[str, object] = {"dossier_id": {}, "received_at": {}, "status": {}}
    return HeaderMatcher(
        Contract.model_validate({"source": "d", "dataset": "dossiers", "columns": columns})
    )


def outcomes(
    path: Path, content: bytes, seed: str, matcher: HeaderMatcher
) -> Iterator[tuple[bytes, pl.DataFrame]]:
    """The damaged files that were read, each with its rows; anything but a refusal is an error."""
    refused = 0
    for changed in damaged(content, seed):
        path.write_bytes(changed)
        try:
            frame = read_table(path, matcher)
        except RejectedFileError:
            refused += 1
            continue
        yield changed, frame
    assert refused, "no damage was ever noticed"


@pytest.mark.parametrize("name", CHECKSUMMED)
def test_formats_with_checksums_give_their_rows_or_none(
    tmp_path: Path, matcher: HeaderMatcher, name: str
) -> None:
    path = tmp_path / "any.name"
    content = CHECKSUMMED[name]()
    path.write_bytes(content)
    expected = read_table(path, matcher)
    assert expected.height == 12
    for _, frame in outcomes(path, content, name, matcher):
        assert frame.equals(expected)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_read_from_other_formats_is_in_the_file(
    tmp_path: Path, matcher: HeaderMatcher, name: str
) -> None:
    path = tmp_path / "any.name"
    content = OTHERS[name]()
    path.write_bytes(content)
    assert read_table(path, matcher).height == 12
    for changed, frame in outcomes(path, content, name, matcher):
        assert frame.height <= 13
        views = views_of(changed)
        for value in values_of(frame):
            assert any(value in view for view in views), value


def values_of(frame: pl.DataFrame) -> set[str]:
    cells = frame.drop(ROW_NUMBER, OVERFLOW, strict=False)
    return {_bare(value) for column in cells for value in column.drop_nulls()}


def views_of(content: bytes) -> list[str]:
    """The bytes as text, in all ways that a reader may take them."""
    as_utf8 = content.decode("utf-8", "replace")
    shown = html.unescape(re.sub("<[^>]*>", "", as_utf8))
    views = [
        as_utf8,
        shown,
        html.unescape(shown),
        _unescaped_json(as_utf8),
        content.decode("utf-16", "replace"),
        content[1:].decode("utf-16-le", "replace"),
        content.decode("cp1258", "replace"),
        content.decode("cp1252", "replace").translate(writers.tcvn3_letters()),
        html.unescape(content.decode("cp1252", "replace").translate(writers.tcvn3_letters())),
    ]
    return list(map(_bare, views))


def _bare(text: str) -> str:
    """Without what readers take away between or around values."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in ' "')


def _unescaped_json(text: str) -> str:
    parts = []
    for part in text.split('"'):
        try:
            parts.append(json.loads(f'"{part}"'))
        except json.JSONDecodeError:
            parts.append(part)
    return '"'.join(parts)
