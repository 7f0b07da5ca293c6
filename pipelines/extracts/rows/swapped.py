"""Detects a date column in which Excel exchanged day and month for some of the values.

An Excel set to English that is given dd/MM/yyyy takes every date whose day is at most 12 for
MM/dd and turns it into a true date, wrongly; the others it leaves as text. In the column true dates
all have a day up to 12 and texts all have one above. Which values are wrong shows, but that they
are shows in no single value: read as they stand, half of the dates would be months off.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.contracts.datasets import Column
from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.rows.cast import Cast
from pipelines.extracts.rows.dates import is_month_first

CODE = "DAY_MONTH_SWAP"
_LAST_MONTH = 12
_FEWEST_OF_A_KIND = 2
_FEWEST_TOGETHER = 6
_SMALLEST_SHARE = 0.1
_FIRST = 1_000
"""Values looked at before the rest is: one of them nearly always proves the column sound."""

_TRUE_DATE = r"^\s*(?:\d{4}-\d{1,2}-\d{1,2}|\d{5}(?:\.\d+)?\s*$)"
_DAY_OF_TEXT = r"^[\s']*(\d{1,2})\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}"


class Swaps:
    """Watches the date columns of one file as its rows go by.

    The rule, per date column, sentinels and what cannot be read left aside: it holds true dates
    (ISO form or serial numbers, as spreadsheets give them) and texts beginning with the day; each
    kind is at least a tenth of both, at least two values, six together; every true date has a day
    up to 12, every text one above. Six values look like this by chance in one column of fifty that
    mixes both kinds at all, twenty never do; one text with a day up to 12 proves that nothing was
    exchanged. A column whose contract lists a format with the month first is not judged.
    """

    def __init__(self, contract: Contract) -> None:
        """No row went by yet."""
        self._watched = {
            column.name: _Watch(column)
            for column in contract.data.columns
            if column.type in ("instant", "date") and not _is_month_first(contract, column.name)
        }

    def watch(self, raw: pl.DataFrame, casts: Mapping[str, Cast]) -> None:
        """Go on by some rows.

        Args:
            raw: Declared columns as text under canonical names.
            casts: How each was cast.
        """
        for name, watch in self._watched.items():
            if name in casts:
                watch.add(raw[name], casts[name].values)

    def require_none(self) -> None:
        """Refuse a file with a column in which some days and months were exchanged.

        Raises:
            RejectedFileError: Names the column and gives one value of each kind.
        """
        for watch in self._watched.values():
            watch.require_none()


def _is_month_first(contract: Contract, name: str) -> bool:
    return any(is_month_first(pattern) for pattern in contract.formats_of(name))


class _Watch:
    """One column: how many values of each kind, and the first of each."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._is_proven = False
        self._true = self._text = 0
        self._true_such = self._text_such = ""

    def add(self, raw: pl.Series, values: pl.Series) -> None:
        """Go on by some values; one that proves the column sound ends the watch."""
        for start, length in ((0, _FIRST), (_FIRST, None)):
            if self._is_proven or start >= raw.len():
                return
            self._count(raw.slice(start, length), values.slice(start, length))

    def _count(self, raw: pl.Series, values: pl.Series) -> None:
        read = pl.DataFrame({"raw": raw, "day": values.dt.day()}).filter(values.is_not_null())
        true = read.filter(pl.col("raw").str.contains(_TRUE_DATE))
        text = read.filter(pl.col("raw").str.contains(_DAY_OF_TEXT))
        self._is_proven = bool(
            (true["day"] > _LAST_MONTH).any() or (text["day"] <= _LAST_MONTH).any()
        )
        self._true_such = self._true_such or next(iter(true["raw"].head(1)), "")
        self._text_such = self._text_such or next(iter(text["raw"].head(1)), "")
        self._true += true.height
        self._text += text.height

    def require_none(self) -> None:
        """Refuse the file if all that was counted speaks for an exchange."""
        fewest, together = min(self._true, self._text), self._true + self._text
        is_clear = fewest >= max(_FEWEST_OF_A_KIND, _SMALLEST_SHARE * together)
        if self._is_proven or not is_clear or together < _FEWEST_TOGETHER:
            return
        raise RejectedFileError(
            f"{CODE}: in {self._column.label_vi} ({self._column.name}) all {self._true} true dates "
            f"have a day up to 12 (such as {self._true_such}) and all {self._text} dates kept as "
            f"text have one above (such as {self._text_such}): a spreadsheet set to month-day "
            "order took 05/01 for the 1st of May. Export the file again with dates as text, or "
            "open it in an Excel set to dd/MM/yyyy."
        )
