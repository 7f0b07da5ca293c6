"""What a suspect row is: a page header, the title of a group, a total, a signature, or a case.

Each kind has one rule, and none holds for a row that could be accepted: such a row has no key, or
nothing but a key where more is required, or is a header or a total word for word. A row that fits
no rule may be a case and stays, to be rejected with a reason if its key is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from pipelines.contracts.matching import fold_label, fold_labels
from pipelines.contracts.model import Contract
from pipelines.extracts.layout import words
from pipelines.extracts.layout.headers import HeaderMatch
from pipelines.extracts.layout.suspects import required_places

BLANK, NUMBERED, HEADER, COLUMN_NUMBERS = "blank", "numbered", "header", "column_numbers"
TITLE, GROUP, TOTAL, SIGNATURE = "title", "group", "total", "signature"
KINDS = {
    BLANK: "dòng trống · blank rows",
    NUMBERED: "dòng chỉ có số thứ tự · rows with an ordinal number alone",
    HEADER: "tiêu đề lặp lại · repeated headers",
    COLUMN_NUMBERS: "dòng số cột · rows of column numbers",
    TITLE: "tiêu đề trang · page titles",
    GROUP: "tên nhóm · titles of groups",
    TOTAL: "dòng tổng · totals",
    SIGNATURE: "chữ ký · signatures",
}
"""The kinds of rows that hold no case, and their names for people."""

_FEW_CELLS = 3
_FEWEST_HEADERS = 2
_FEWEST_NUMBERS = 3
_LEFT_COLUMNS = 2


def classify(cells: pl.DataFrame, match: HeaderMatch, contract: Contract) -> pl.DataFrame:
    """Say of each suspect row what it is.

    Args:
        cells: All columns of the suspect rows by position, as they stand in the file, those left
            out that hold a date (`holds_date`).
        match: The fit of the header.
        contract: The source's contract.

    Returns:
        `kind`, null where the row may be a case after all; `is_line`, true where it holds so little
        that it belongs to a signature that stands above it; `is_caseless`, true where it lacks a
        key, or all that is required besides.
    """
    folded = cells.select(
        fold_labels(pl.col(name)).replace("", None).alias(name) for name in cells.columns
    )
    seen = folded.select(
        *_about_cells(folded.columns, match),
        *_about_columns(folded.columns, match, contract),
        is_header=_is_header(folded.columns, match),
        is_numbers=_is_column_numbers(folded.columns),
    )
    return seen.select(
        kind=_kind(), is_line=_is_caseless() & _is_short(), is_caseless=_is_caseless()
    )


def holds_date(frame: pl.DataFrame, match: HeaderMatch, contract: Contract) -> pl.Series:
    """Mark rows that hold a date, in figures, in a declared column of dates: none is furniture."""
    typed = [frame[str(place)] for place in _typed_places(match, contract)]
    dated = pl.Series([False]).new_from_index(0, frame.height)
    for values in typed:
        dated |= values.str.contains(words.DATE).fill_null(value=False)
    return dated


def _about_cells(names: Sequence[str], match: HeaderMatch) -> Iterator[pl.Expr]:
    """How many cells a row fills, with what, and which comes first."""
    every, left = pl.col(names), pl.col(_left(names, match))
    is_text, is_number = every.str.contains(words.LETTER), every.str.contains(words.NUMBER)
    yield pl.sum_horizontal(every.is_not_null()).alias("filled")
    yield pl.sum_horizontal(is_number.fill_null(value=False)).alias("numbers")
    yield pl.sum_horizontal((is_text & ~is_number).fill_null(value=False)).alias("texts")
    yield _any([every.str.contains(words.SIGNATURE)]).alias("signs")
    yield _any([every.str.contains(words.PAGE_HEADER)]).alias("heads_page")
    yield pl.coalesce(pl.when(is_text & ~is_number).then(every)).alias("label")
    yield pl.coalesce(left).alias("leftmost")


def _about_columns(
    names: Sequence[str], match: HeaderMatch, contract: Contract
) -> Iterator[pl.Expr]:
    """What a row lacks, and what stands under headers that say what it must be."""
    keys = [str(place) for place in required_places(match, contract, keys=True)]
    others = [str(place) for place in required_places(match, contract, keys=False)]
    ordinals = [name for name in names if fold_label(_header(match, name)) in words.ORDINAL_HEADERS]
    lacks_key = pl.any_horizontal(pl.col(name).is_null() for name in keys)
    has_others = [pl.col(name).is_not_null() for name in others]
    yield lacks_key.alias("lacks_key")
    yield (~pl.any_horizontal(has_others) if others else pl.lit(value=False)).alias("is_bare")
    yield (~pl.all_horizontal(has_others) if others else pl.lit(value=False)).alias("is_partial")
    yield pl.coalesce(*map(pl.col, ordinals), pl.lit(None, pl.String)).alias("ordinal")
    typed = [pl.col(str(place)) for place in _typed_places(match, contract)]
    yield pl.coalesce(*typed, pl.lit(None, pl.String)).alias("typed")
    yield _is_dated_in_words(typed).alias("is_dated")


def _is_dated_in_words(typed: Sequence[pl.Expr]) -> pl.Expr:
    """A date in words and more beside it; alone it may be the place and date of a signature."""
    if not typed:
        return pl.lit(value=False)
    in_words = _any(column.str.contains(words.DATE_IN_WORDS) for column in typed)
    return in_words & (pl.sum_horizontal(column.is_not_null() for column in typed) > 1)


def _typed_places(match: HeaderMatch, contract: Contract) -> list[int]:
    """Places of declared columns that hold dates, numbers or categories: no place for a title."""
    return [
        place
        for name, places in match.positions.items()
        if contract.data.column(name).type != "text" or contract.data.column(name).codes
        for place in places
    ]


def _left(names: Sequence[str], match: HeaderMatch) -> list[str]:
    """The columns up to the second header: where titles of groups stand."""
    headed = [place for place, header in enumerate(match.headers) if header][:_LEFT_COLUMNS]
    return [name for name in names if int(name) <= headed[-1]]


def _header(match: HeaderMatch, name: str) -> str:
    return match.headers[int(name)] if int(name) < len(match.headers) else ""


def _any(truths: Iterable[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(truth.fill_null(value=False) for truth in truths)


def _is_header(names: Sequence[str], match: HeaderMatch) -> pl.Expr:
    """Every cell repeats its header, of whichever level."""
    filled = pl.sum_horizontal(pl.col(names).is_not_null())
    found = pl.lit(value=False)
    for row in match.levels:
        labels = dict(enumerate(map(fold_label, row)))
        is_same = [
            pl.col(name).is_null() | (pl.col(name) == labels.get(int(name), "")) for name in names
        ]
        found = found | pl.all_horizontal(is_same)
    return found & (filled >= _FEWEST_HEADERS)


def _is_column_numbers(names: Sequence[str]) -> pl.Expr:
    """(1) (2) (3), A B 1 2 3 or 1 2 3=1+2: every cell such a mark, the numbers without a gap."""
    every = pl.col(names)
    is_mark = every.is_null() | every.str.contains(words.COLUMN_NUMBER)
    digits = every.str.extract(r"^\(?(\d{1,2})\b").cast(pl.Int32)
    numbers = pl.concat_list(digits).list.drop_nulls()
    steps = numbers.list.diff()
    counts_up = (
        (steps.list.min() == 1)
        & (steps.list.max() == 1)
        & (numbers.list.first() <= _LEFT_COLUMNS + 1)
    )
    enough = pl.sum_horizontal(every.is_not_null()) >= _FEWEST_NUMBERS
    return pl.all_horizontal(is_mark) & counts_up.fill_null(value=False) & enough


def _kind() -> pl.Expr:
    label = pl.col("label")
    is_title = label.str.contains(words.TITLE).fill_null(value=False) | pl.col("heads_page")
    is_line = _is_caseless() & _is_short() & (pl.col("numbers") == 0)
    alone = (pl.col("filled") == 1) & pl.col("ordinal").str.contains(words.NUMBER)
    rules = {
        BLANK: pl.col("filled") == 0,
        NUMBERED: alone,
        HEADER: pl.col("is_header"),
        COLUMN_NUMBERS: pl.col("is_numbers"),
        TOTAL: label.str.contains(words.TOTAL) & (pl.col("texts") == 1) & ~pl.col("is_dated"),
        SIGNATURE: is_line & pl.col("signs"),
        TITLE: is_line & is_title,
        GROUP: _is_group(),
    }
    return pl.coalesce(pl.when(rule).then(pl.lit(kind)) for kind, rule in rules.items())


def _is_caseless() -> pl.Expr:
    few = pl.col("filled") <= _FEW_CELLS
    return pl.col("lacks_key") | pl.col("is_bare") | (pl.col("is_partial") & few)


def _is_short() -> pl.Expr:
    return (pl.col("filled") <= _FEW_CELLS) & ~pl.col("is_dated")


def _is_group() -> pl.Expr:
    """A text alone at the left, or a mark such as "II" before it, perhaps with counts."""
    label, leftmost = pl.col("label"), pl.col("leftmost")
    is_alone = (pl.col("filled") == 1) & (leftmost == label) & pl.col("typed").is_null()
    is_marked = leftmost.str.contains(words.MARKER) & (pl.col("filled") == pl.col("numbers") + 2)
    is_title = label.str.contains(words.MARKED_TITLE) | label.str.contains(words.SEVERAL_WORDS)
    without_key = pl.col("lacks_key") & (is_alone | is_marked)
    with_title_for_key = pl.col("is_bare") & ((is_alone & is_title) | is_marked)
    return (without_key | with_title_for_key) & ~pl.col("is_dated")
