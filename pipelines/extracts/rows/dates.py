"""Reads instants in every form that extracts hold, day first, as local time of the contract's zone.

A whole column usually has one form: that one is tried first, in one pass. What is left is tidied
and read value by value by the shapes below, which cannot be taken for one another. A date that does
not exist (31/02) is unreadable. Sentinels (00/00/0000, 01/01/1900, 31/12/9999, "Không", ...) stand
for no date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.extracts.rows.clean import clean

NAIVE = pl.Datetime("us")
SENTINEL_DATES = (
    date(1, 1, 1),
    date(1753, 1, 1),
    date(1899, 12, 30),
    date(1899, 12, 31),  # Excel's day 0 and day 1, as its readers hand them over
    date(1900, 1, 1),
    date(1970, 1, 1),
    date(9999, 12, 31),
)
SENTINEL_WORDS = ("không", "null", "none", "nat", "0", "00:00", "00:00:00")
COMMON_FORMATS = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
)
_FAST_TIMES = (" %H:%M", " %H:%M:%S")
_SAMPLE = 200
_DAY = 24 * 60 * 60 * 1_000_000
_PLAIN_FROM, _PLAIN_TO = date(1900, 1, 2), date(9998, 12, 31)
_EPOCH_FROM, _EPOCH_TO = date(1969, 12, 31), date(1970, 1, 2)  # in any time zone
_PLAIN_SINCE, _PLAIN_UNTIL = 2 * _DAY, 8_000 * 365 * _DAY  # between all of these, since 1970
_SERIAL_OF_1970 = 25_569
_FIRST_FULL_YEAR = 1_000
_YEAR_DIGITS = 4

# "08:30:15.5", "08h30", "8 giờ 30 phút"; "2:30 PM", in Vietnamese "2:30 CH" (sáng, chiều).
_TIME = (
    r"(?<H>\d{1,2})\s*(?::|h|giờ)\s*(?<M>\d{2})(?:\s*phút)?(?::(?<S>\d{2})(?:[.,](?<f>\d{1,9}))?)?"
    r"(?:\s*(?<p>am|pm|sa|ch)\b)?"
)
_THEN = r"(?:[\s,t]+|\s+-\s+)"
_ZONE = r"\s*(?<z>z|[+-]\d{2}(?::?\d{2})?)?"
_DAY_FIRST = r"(?<d>\d{1,2})\s*[/.-]\s*(?<m>\d{1,2})\s*[/.-]\s*(?<y>\d{4}|\d{2})"
DAY_FIRST_SHAPES = (
    rf"^{_DAY_FIRST}(?:{_THEN}{_TIME})?{_ZONE}$",
    rf"^{_TIME}{_THEN}(?:ngày\s+)?{_DAY_FIRST}$",
)
CLEAR_SHAPES = (
    rf"^(?<y>\d{{4}})[/.-](?<m>\d{{1,2}})[/.-](?<d>\d{{1,2}})(?:{_THEN}{_TIME})?{_ZONE}$",
    r"^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})(?:(?<H>\d{2})(?<M>\d{2})(?<S>\d{2}))?$",
    rf"^(?:{_TIME}{_THEN})?(?:ngày\s+)?(?<d>\d{{1,2}})\s+tháng\s+(?<m>\d{{1,2}})\s+năm\s+(?<y>\d{{4}})$",
)
_SERIAL = r"^\d{5}(?:[.,]\d+)?$"
_NO_DATE = r"^0{1,4}[/.-]0{1,2}[/.-]0{1,4}(?:[\st]+[0:.]+)?$"
_PARTS = ("y", "m", "d", "H", "M", "S", "f", "p", "z")
_HALF_DAY = 12


@dataclass(frozen=True)
class Instants:
    """A column read as instants: naive local values, and what kind of nothing the nulls are."""

    values: pl.Series
    unread: pl.Series
    sentinel: pl.Series


def read_instants(
    raw: pl.Series, formats: Sequence[str], zone: str, null_values: Sequence[str] = ()
) -> Instants:
    """Read a column of text as naive local instants.

    Args:
        raw: Text as it stands in the file.
        formats: The contract's own strptime formats, tried before the common ones. Where one of
            them is month first, day-first shapes are not guessed for the rest.
        zone: The contract's time zone: values with an offset are converted to it.
        null_values: The contract's own words for nothing.
    """
    values = pl.repeat(None, raw.len(), dtype=NAIVE, eager=True)
    left = raw
    for pattern in formats or _likely_formats(raw):
        read = _only_plain(_strptime(left, pattern, zone))
        values = read if left is raw else values.zip_with(values.is_not_null(), read)
        if values.null_count() == raw.null_count():
            break
        left = raw.set(values.is_not_null(), None)
    is_left = raw.is_not_null() & values.is_null()
    if not is_left.any():
        nothing = pl.repeat(False, raw.len(), eager=True)
        return Instants(values, nothing, nothing)
    return _read_rest(raw, values, is_left, formats, zone, null_values)


def _likely_formats(raw: pl.Series) -> Sequence[str]:
    """The common formats that a sample has, most frequent first; no value fits two of them."""
    sample = raw.drop_nulls().head(_SAMPLE)
    hits: dict[str, int] = {}
    for form in COMMON_FORMATS:
        if sum(hits.values()) < sample.len():
            hits[form] = _strptime(sample, form, "UTC").count()
    return sorted((form for form in hits if hits[form]), key=hits.__getitem__, reverse=True)


def _strptime(text: pl.Series, pattern: str, zone: str) -> pl.Series:
    # Times of day hardly repeat, and these are read faster than Polars looks them up in its cache.
    is_cached = not pattern.endswith(_FAST_TIMES)
    read = text.str.to_datetime(pattern, strict=False, time_unit="us", cache=is_cached)
    if read.dtype != NAIVE:
        read = read.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return _whole_seconds(read) if "f" in pattern else read


def _whole_seconds(values: pl.Series) -> pl.Series:
    """A wall clock shows seconds; fractions are an accident of the exporting system."""
    return values.dt.truncate("1s")


def _only_plain(values: pl.Series) -> pl.Series:
    """Without possible sentinels and years that strptime took from two digits."""
    since = values.to_physical()
    if ((since >= _PLAIN_SINCE) & (since < _PLAIN_UNTIL)).all():
        return values
    value = pl.first()
    is_epoch = value.is_between(_EPOCH_FROM, _EPOCH_TO)
    is_plain = value.is_between(_PLAIN_FROM, _PLAIN_TO) & ~is_epoch
    return values.set(~values.to_frame().select(is_plain).to_series(), None)


def _read_rest(
    raw: pl.Series,
    values: pl.Series,
    is_left: pl.Series,
    formats: Sequence[str],
    zone: str,
    null_values: Sequence[str],
) -> Instants:
    places = is_left.arg_true()
    rest = raw.gather(places).alias("raw")
    text = clean(distinct := rest.unique(), null_values)
    read = pl.select(
        raw=distinct,
        text=text,
        value=_whole_seconds(_read_each(text, formats, zone)),
    ).with_columns(
        is_sentinel=pl.col("value").dt.date().is_in(SENTINEL_DATES)
        | _folded("text").is_in(SENTINEL_WORDS)
        | _folded("text").str.contains(_NO_DATE)
    )
    found = rest.to_frame().join(read, on="raw", how="left", maintain_order="left")
    is_sentinel = found["is_sentinel"].fill_null(False)
    value = found["value"].set(is_sentinel, None)
    is_unread = found["text"].is_not_null() & value.is_null() & ~is_sentinel
    nothing = pl.repeat(False, raw.len(), eager=True)
    return Instants(
        values.scatter(places, value),
        nothing.scatter(places, is_unread),
        nothing.clone().scatter(places, is_sentinel),
    )


def _read_each(text: pl.Series, formats: Sequence[str], zone: str) -> pl.Series:
    tries = [_strptime(text, pattern, zone) for pattern in formats]
    # strptime takes "22" for the year 22: such values are left to the shapes, which know better.
    tries = [tried.set(tried.dt.year() < _FIRST_FULL_YEAR, None) for tried in tries]
    is_clear = not any(is_month_first(pattern) for pattern in formats)
    shapes = (*(DAY_FIRST_SHAPES if is_clear else ()), *CLEAR_SHAPES)
    folded = text.str.to_lowercase().str.replace_all(r"\s+", " ")
    tries += [_by_shape(folded, shape, zone) for shape in shapes]
    tries.append(_by_serial(folded))
    return pl.select(pl.coalesce(tries)).to_series()


def is_month_first(pattern: str) -> bool:
    """Whether a strptime format puts the month before the day, and not the year before both."""
    places = {letter: pattern.find(f"%{letter}") for letter in "mdY"}
    if "%D" in pattern:
        return True
    return 0 <= places["m"] < places["d"] and not 0 <= places["Y"] < places["m"]


def _by_shape(text: pl.Series, shape: str, zone: str) -> pl.Series:
    if not text.str.contains(shape).any():
        return pl.repeat(None, text.len(), dtype=NAIVE, eager=True)
    groups = text.str.extract_groups(shape).struct.unnest()
    absent = (name for name in _PARTS if name not in groups.columns)
    year = pl.col("y").cast(pl.Int32)
    parts = groups.with_columns(pl.lit(None, pl.String).alias(name) for name in absent).select(
        instant=pl.format(
            "{}-{}-{} {}:{}:{}.{}",
            pl.when(pl.col("y").str.len_chars() < _YEAR_DIGITS).then(2_000 + year).otherwise(year),
            "m",
            "d",
            _hour(pl.col("H"), pl.col("p")).fill_null("0"),
            *(pl.col(name).fill_null("0") for name in "MSf"),
        ),
        offset=_offset_minutes(pl.col("z")),
    )
    local = parts["instant"].str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    if parts["offset"].null_count() == len(parts):
        return local
    return _to_zone(local, parts["offset"], zone)


def _hour(hour: pl.Expr, half: pl.Expr) -> pl.Expr:
    """The hour of the day: of "12 SA" 0, of "2 CH" 14; as it stands without such a mark."""
    in_half = hour.cast(pl.Int32) % _HALF_DAY
    later = pl.when(half.is_in(("pm", "ch"))).then(_HALF_DAY).otherwise(0)
    return pl.when(half.is_null()).then(hour).otherwise((in_half + later).cast(pl.String))


def _offset_minutes(offset: pl.Expr) -> pl.Expr:
    digits = offset.str.replace_all(r"\D", "").str.pad_end(4, "0")
    minutes = digits.str.head(2).cast(pl.Int32) * 60 + digits.str.tail(2).cast(pl.Int32)
    signed = pl.when(offset.str.starts_with("-")).then(-minutes).otherwise(minutes)
    return pl.when(offset == "z").then(0).otherwise(signed)


def _to_zone(local: pl.Series, offset: pl.Series, zone: str) -> pl.Series:
    """Shift values that carry an offset into the zone; sentinels keep their date."""
    frame = pl.DataFrame({"local": local, "offset": offset})
    shifted = (
        (pl.col("local") - pl.duration(minutes="offset"))
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone(zone)
        .dt.replace_time_zone(None)
    )
    moves = pl.col("offset").is_not_null() & ~pl.col("local").dt.date().is_in(SENTINEL_DATES)
    return frame.select(pl.when(moves).then(shifted).otherwise("local")).to_series()


def _by_serial(text: pl.Series) -> pl.Series:
    serials = text.set(~text.str.contains(_SERIAL), None).str.replace(",", ".", literal=True)
    days = serials.cast(pl.Float64, strict=False)
    # A serial holds its time to some microseconds: the second it means is the nearest one.
    since = ((days - _SERIAL_OF_1970) * 86_400).round().cast(pl.Int64) * 1_000_000
    return since.cast(NAIVE)


def _folded(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase()
