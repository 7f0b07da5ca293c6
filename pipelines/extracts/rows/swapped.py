"""Detects a date column in which Excel exchanged day and month for some of the values.

An Excel set to English that is given dd/MM/yyyy takes every date whose day is at most 12 for
MM/dd and turns it into a true date, wrongly; the others it leaves as text. In the column true dates
all have a day up to 12 and texts all have one above. Which values are wrong shows, but that they
are shows in no single value: read as they stand, half of the dates would be months off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
_SAMPLE = 2_000
_TRUE_DATE = r"^\s*(?:\d{4}-\d{1,2}-\d{1,2}|\d{5}(?:\.\d+)?\s*$)"
_DAY_OF_TEXT = r"^[\s']*(\d{1,2})\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}"


def require_unswapped(
    raw: pl.DataFrame, casts: Mapping[str, Cast], columns: Iterable[Column], contract: Contract
) -> None:
    """Refuse a file with a column in which some days and months were exchanged.

    The rule, per date column, sentinels and what cannot be read left aside: it holds true dates
    (ISO form or serial numbers, as spreadsheets give them) and texts beginning with the day; each
    kind is at least a tenth of both, at least two values, six together; every true date has a day
    up to 12, every text one above. Six values look like this by chance in one column of fifty that
    mixes both kinds at all, twenty never do; one text with a day up to 12 proves that nothing was
    exchanged. A column whose contract lists a format with the month first is not judged.

    Args:
        raw: Declared columns as text under canonical names.
        casts: How each was cast.
        columns: The columns of the dataset that the file has.
        contract: The source's contract.

    Raises:
        RejectedFileError: Names the column and gives one value of each kind.
    """
    for column in columns:
        if column.type in ("instant", "date") and not _is_month_first(contract, column.name):
            _judge(column, raw[column.name], casts[column.name].values)


def _is_month_first(contract: Contract, name: str) -> bool:
    return any(is_month_first(pattern) for pattern in contract.formats_of(name))


def _judge(column: Column, raw: pl.Series, values: pl.Series) -> None:
    if not _is_mixed(raw.gather_every(max(1, raw.len() // _SAMPLE))):
        return
    read = pl.DataFrame({"raw": raw, "day": values.dt.day()}).filter(values.is_not_null())
    true = read.filter(pl.col("raw").str.contains(_TRUE_DATE))
    text = read.filter(pl.col("raw").str.contains(_DAY_OF_TEXT))
    fewest, together = min(true.height, text.height), true.height + text.height
    if fewest < max(_FEWEST_OF_A_KIND, _SMALLEST_SHARE * together) or together < _FEWEST_TOGETHER:
        return
    if (true["day"] <= _LAST_MONTH).all() and (text["day"] > _LAST_MONTH).all():
        raise RejectedFileError(
            f"{CODE}: in {column.label_vi} ({column.name}) all {true.height} true dates have a day "
            f"up to 12 (such as {true['raw'][0]}) and all {text.height} dates kept as text have "
            f"one above (such as {text['raw'][0]}): a spreadsheet set to month-day order took "
            "05/01 for the 1st of May. Export the file again with dates as text, or open it in an "
            "Excel set to dd/MM/yyyy."
        )


def _is_mixed(sample: pl.Series) -> bool:
    """Whether both kinds of dates stand in a sample taken from the whole column."""
    is_true = sample.drop_nulls().str.contains(_TRUE_DATE)
    return bool(is_true.any()) and not is_true.all()
