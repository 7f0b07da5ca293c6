"""Reads tables typed in fonts from before Unicode: "§óng h¹n" in a workbook is "Đúng hạn".

A header is converted when that names more columns, a column of values when its words say so. What
is no clear case stays as it is and is told apart later, as a header or a label nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts.formats.grid import Grid, Piece, Rows
from pipelines.extracts.formats.legacy_encodings import BEYOND_FONTS, converter, font_of, table
from pipelines.extracts.layout.headers import OVERFLOW, ROW_NUMBER, HeaderMatch, HeaderMatcher

_SAMPLE = 2_000


class FontMatcher(HeaderMatcher):
    """Matches headers in old fonts too, where they do not fit as they are."""

    def __init__(self, contract: Contract) -> None:
        """Match against `contract`."""
        super().__init__(contract)
        self._fonts: list[tuple[HeaderMatch, str]] = []

    def find(self, rows: Sequence[Sequence[str | None]]) -> tuple[int, HeaderMatch] | None:
        """The header among `rows`, as they are or as their font shows them."""
        found = super().find(rows)
        if found is None or not found[1].missing:
            return found
        font = font_of(cell for row in rows for cell in row if cell)
        shown = super().find(_converted(rows, font)) if font else None
        if not font or shown is None or shown[1].score <= found[1].score:
            return found
        self._fonts.append((shown[1], font))
        return shown

    def font_of(self, match: HeaderMatch) -> str | None:
        """The font that a header was converted from."""
        return next((font for known, font in self._fonts if known is match), None)


def _converted(rows: Sequence[Sequence[str | None]], font: str) -> Rows:
    convert = converter(font)
    return [[cell and convert(cell) for cell in row] for row in rows]


def in_unicode(grid: Grid, font: str | None) -> Grid:
    """Convert the columns that are typed in an old font.

    Args:
        grid: A table as it stands in a file.
        font: The font of its header; None when that is Unicode.
    """
    declared = _fonts_of_columns((piece.frame for piece in grid.pieces()), font)
    if font is None and not declared:
        return grid

    @cache
    def every() -> Mapping[str, str]:
        return _fonts_of_columns((piece.every_column() for piece in grid.pieces()), font)

    def converted(piece: Piece) -> Piece:
        frame = _columns_in_unicode(piece.frame, declared)
        return Piece(frame, lambda: _columns_in_unicode(piece.every_column(), every()))

    return replace(
        grid,
        head=_converted(grid.head, font) if font else grid.head,
        pieces=lambda: map(converted, grid.pieces()),
        encoding=font or grid.encoding,
    )


def _columns_in_unicode(frame: pl.DataFrame, fonts: Mapping[str, str]) -> pl.DataFrame:
    changed = [_convert(pl.col(name), font) for name, font in fonts.items()]
    return frame.with_columns(changed) if changed else frame


def _fonts_of_columns(frames: Iterable[pl.DataFrame], likely: str | None) -> dict[str, str]:
    """The font of each column that is typed in one, by the first words of the whole column."""
    firsts: dict[str, pl.Series] = {}
    for frame in frames:
        for name in frame.columns:
            if name not in (ROW_NUMBER, OVERFLOW):
                known = firsts.get(name, frame[name].clear())
                firsts[name] = _first_texts(known, frame[name])
    fonts = {name: font_of(texts.to_list()) for name, texts in firsts.items()}
    # Too few words to tell: in a table whose header is in an old font they most likely are too.
    found = {name: likely if font is None else font for name, font in fonts.items()}
    return {name: font for name, font in found.items() if font}


def _first_texts(known: pl.Series, values: pl.Series) -> pl.Series:
    if known.len() == _SAMPLE:
        return known
    return pl.concat([known, values.drop_nulls()]).unique(maintain_order=True).head(_SAMPLE)


def _convert(values: pl.Expr, font: str) -> pl.Expr:
    letters = table(font)
    shown = values.str.replace_many(list(letters), list(letters.values()), leftmost=True)
    return pl.when(values.str.contains(BEYOND_FONTS)).then(values).otherwise(shown)
