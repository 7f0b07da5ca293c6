"""Reads and accounts for small tables whole, as tests look at them; in pieces of any size."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts import reading
from pipelines.extracts.facts import FileFacts, file_facts
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats import sniffing
from pipelines.extracts.formats.blocks import BLOCK_BYTES
from pipelines.extracts.formats.grid import Grid
from pipelines.extracts.formats.sniffing import sniff
from pipelines.extracts.formats.tables import Part, open_table
from pipelines.extracts.landing import look_at
from pipelines.extracts.layout.headers import HeaderMatcher
from pipelines.extracts.manifests import Period
from pipelines.extracts.rows.account import Accounted, Accounting, Lines
from pipelines.extracts.rows.repeats import CASE_ID
from pipelines.extracts.rows.rowchecks import LINE_SCHEMA

Found = TypeVar("Found")
_SMALL_BLOCK = 400
_ROWS_OF_A_SMALL_TABLE = 5_000
_OWN_WORDS = re.compile(r"\(.*\)")


@dataclass(frozen=True)
class WholeTable:
    """A table with all its rows."""

    frame: pl.DataFrame
    format: str
    grid: Grid
    parts: tuple[Part, ...]
    furniture: dict[str, int]

    @property
    def height(self) -> int:
        return self.frame.height + sum(self.furniture.values())


@dataclass(frozen=True)
class WholeAccount:
    """An account with all its rows and lines."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    issues: pl.DataFrame
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int


@dataclass(frozen=True)
class WholeExtract:
    """An extract with its account, and what is said of it."""

    accounted: WholeAccount
    facts: FileFacts
    period: Period | None
    notes: tuple[str, ...]


def read_table(path: Path, matcher: HeaderMatcher) -> WholeTable:
    """Read a table in one piece; a small one in pieces too, which must give the same."""
    found = _told(lambda: _read_table(path, matcher, BLOCK_BYTES))
    is_large = isinstance(found, WholeTable) and found.height > _ROWS_OF_A_SMALL_TABLE
    if _is_read_in_pieces(path) and not is_large:
        size = max(_SMALL_BLOCK, path.stat().st_size // 3)
        _require_equal(found, _told(lambda: _read_table(path, matcher, size)))
    return _given(found)


def account(raw: pl.DataFrame, contract: Contract, on: date | None) -> WholeAccount:
    """Account for rows all at once, and again some at a time, which must give the same."""
    found = _told(lambda: _account([raw], contract, on))
    if raw.height:
        frames = list(raw.iter_slices(max(7, raw.height // 3)))
        _require_equal(found, _told(lambda: _account(frames, contract, on)))
    return _given(found)


def read_extract(path: Path, contract: Contract, on: date | None) -> WholeExtract:
    """Read an extract as ingest does."""
    kept: list[pl.DataFrame] = []
    file = look_at(contract.source, path, path.parent)
    with reading.read_extract(file, contract, on, kept.append) as extract:
        return WholeExtract(
            _whole(kept, extract.accounted),
            file_facts(extract, contract),
            extract.period,
            extract.notes,
        )


def _is_read_in_pieces(path: Path) -> bool:
    try:
        return sniff(path) in (sniffing.TEXT, sniffing.PARQUET, sniffing.GZIP, sniffing.ZIP)
    except RejectedFileError:
        return False


def _read_table(path: Path, matcher: HeaderMatcher, size: int) -> WholeTable:
    with open_table(path, matcher, size) as table:
        frame = pl.concat(list(table.frames()), how="diagonal")
        return WholeTable(
            frame, table.format, table.grid, tuple(table.parts), dict(table.furniture)
        )


def _account(frames: list[pl.DataFrame], contract: Contract, on: date | None) -> WholeAccount:
    with closing(Accounting(contract, on)) as accounting:
        kept = [accounting.take(accounting.cast(frame)) for frame in frames]
        return _whole(kept, accounting.finish(frames))


def _told(read: Callable[[], Found]) -> Found | RejectedFileError:
    try:
        return read()
    except RejectedFileError as fault:
        return fault


def _given(found: Found | RejectedFileError) -> Found:
    if isinstance(found, RejectedFileError):
        raise found
    return found


def _require_equal(one: object, other: object) -> None:
    assert _comparable(one) == _comparable(other)


def _comparable(found: Any) -> object:
    """What must not depend on the size of pieces: everything but Polars' own words."""
    if isinstance(found, RejectedFileError):
        return _OWN_WORDS.sub("", str(found))
    parts = {name: value for name, value in vars(found).items() if name != "grid"}
    return {
        name: (value.schema, value.rows()) if isinstance(value, pl.DataFrame) else value
        for name, value in parts.items()
    }


def _whole(kept: list[pl.DataFrame], found: Accounted) -> WholeAccount:
    accepted = pl.concat(kept)
    return WholeAccount(
        accepted.filter(~pl.col("_row_number").is_in(found.withdrawn.implode())),
        _all_of(found.rejected),
        _all_of(found.issues),
        found.rows_read,
        found.rows_accepted,
        found.rows_rejected,
        found.rows_duplicate,
    )


def _all_of(lines: Lines) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=LINE_SCHEMA | {CASE_ID: pl.String}), *lines])
