"""Puts a date and a time of day that stand in two columns of a file together, as text."""

from __future__ import annotations

import polars as pl

_MIDNIGHT = r"[\sT]0{1,2}:00(?::00(?:\.0+)?)?$"
_FRACTION = r"^0?[.,]\d+$|^0$"
_DAY_ZERO = r"^(?:1899-12-3[01]|1900-01-0[01]|1904-01-01)[\sT]"
_SECONDS_OF_A_DAY = 86_400


def with_time(day: pl.Series, time: pl.Series) -> pl.Series:
    """The day followed by the time; the day alone where there is no time.

    Args:
        day: Dates as they stand in the file; a workbook gives them with midnight.
        time: Times of day as they stand in the file; a workbook may give them as fractions of a
            day, or with the day on which its calendar begins.
    """
    clock = pl.col("time").str.strip_chars().str.replace(_DAY_ZERO, "")
    fraction = clock.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    seconds = (fraction * _SECONDS_OF_A_DAY).round().cast(pl.Int64)
    of_day = pl.datetime(2000, 1, 1) + pl.duration(seconds=seconds)
    text = (
        pl.when(clock.str.contains(_FRACTION)).then(of_day.dt.strftime("%H:%M:%S")).otherwise(clock)
    )
    both = pl.format("{} {}", pl.col("day").str.strip_chars().str.replace(_MIDNIGHT, ""), text)
    has_time = clock.fill_null("") != ""
    frame = pl.DataFrame({"day": day, "time": time})
    return frame.select(pl.when(has_time).then(both).otherwise("day")).to_series()
