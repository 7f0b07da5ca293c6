"""Reads tables typed in fonts from before Unicode: "§óng h¹n" in a workbook is "Đúng hạn".

A header is converted when that names more columns, a column of values when its words say so. What
is no clear case stays as it is and is told apart later, as a header or a label nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.extracts.formats.legacy_encodings import BEYOND_FONTS, converter, font_of, table
from pipelines.extracts.formats.tables import Grid, Rows
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
    frame = _columns_in_unicode(grid.frame, font)
    if font is None and frame is grid.frame:
        return grid
    every = grid.every_column
    return replace(
        grid,
        frame=frame,
        head=_converted(grid.head, font) if font else grid.head,
        every_column=lambda: _columns_in_unicode(every(), font),
        encoding=font or grid.encoding,
    )


def _columns_in_unicode(frame: pl.DataFrame, font: str | None) -> pl.DataFrame:
    names = [name for name in frame.columns if name not in (ROW_NUMBER, OVERFLOW)]
    fonts = {name: _font_of_column(frame[name], font) for name in names}
    changed = [_convert(pl.col(name), found) for name, found in fonts.items() if found]
    return frame.with_columns(changed) if changed else frame


def _font_of_column(values: pl.Series, likely: str | None) -> str | None:
    words = values.drop_nulls().unique(maintain_order=True).head(_SAMPLE).to_list()
    found = font_of(words)
    # Too few words to tell: in a table whose header is in an old font they most likely are too.
    return likely if found is None else found or None


def _convert(values: pl.Expr, font: str) -> pl.Expr:
    letters = table(font)
    shown = values.str.replace_many(list(letters), list(letters.values()), leftmost=True)
    return pl.when(values.str.contains(BEYOND_FONTS)).then(values).otherwise(shown)
