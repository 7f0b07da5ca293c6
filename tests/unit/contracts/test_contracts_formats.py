from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts.formats import format_fault, polars_format

DAY = ("year", "month", "day")
DIRECTIVES = [*"YymdjbBHIMSpzaAfQ%", "S.%f"]


@pytest.mark.parametrize(
    "pattern",
    [
        "%d/%m/%Y",
        "%d/%m/%y %H:%M",
        "%H:%M, %d/%m/%Y",
        "%m/%d/%Y %I:%M:%S %p",
        "%Y%m%d%H%M%S",
        "%Y%j",
    ],
)
def test_formats_of_extracts_are_good(pattern: str) -> None:
    assert format_fault(pattern, DAY) is None


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("%d/%m", "does not say the year"),
        ("dd/MM/yyyy", "does not say the year and the month and the day"),
        ("%d/%m/%Y %I:%M", "has %I without %p"),
        ("%d/%m/%Y %H:%M %p", "has %p without %I"),
        ("%d/%m/%Y %H", "has %H without %M"),
        ("%d/%m/%Y %M", "has %M without %H or %I"),
        ("%d/%m/%Y %Q", "has %Q, which is not supported"),
        ("%Y-%m-%d %H:%M:%S,%f", "has %f elsewhere than in %S.%f"),
        ("%Y-%m-%d %Y", "says something twice"),
        ("%d/%m/%Y%%", "has %%, which is not supported"),
        ("%d/%m/%Y %", "is not a date format: stray %"),
    ],
)
def test_other_formats_are_refused_with_a_reason(pattern: str, fault: str) -> None:
    assert (format_fault(pattern, DAY) or "").startswith(fault)


def test_a_month_needs_no_day() -> None:
    assert format_fault("%m/%Y", ("year", "month")) is None
    assert format_fault("%m/%Y", DAY) == "does not say the day"


def agrees(pattern: str) -> bool:
    moment = datetime(2023, 11, 28, 21, 45, 10, tzinfo=UTC)
    text = moment.strftime(pattern)
    read = pl.Series([text]).str.to_datetime(polars_format(pattern), time_unit="us")
    expected = datetime.strptime(text, pattern).replace(tzinfo=None)
    return read.dt.replace_time_zone(None).to_list() == [expected]


days = st.sampled_from([["%Y", "%m", "%d"], ["%y", "%b", "%d"], ["%d", "%B", "%Y"], ["%Y", "%j"]])
times = st.sampled_from(
    [[], ["%H:%M"], ["%I", "%M", "%p"], ["%H", "%M", "%S"], ["%H", "%M", "%S.%f"]]
)
extras = st.sampled_from([[], ["%a"], ["%A"]])
separators = st.sampled_from(["/", "-", " ", ":", ", ", "T", " ngày "])


@given(
    st.tuples(days, times, extras).map(lambda parts: [*chain(*parts)]).flatmap(st.permutations),
    separators,
)
def test_good_formats_pass_and_are_read_alike_by_polars(parts: list[str], separator: str) -> None:
    pattern = separator.join(parts)
    assert format_fault(pattern, DAY) is None
    assert agrees(pattern)


@given(st.lists(st.sampled_from(DIRECTIVES), max_size=7), separators)
def test_whatever_passes_is_read_alike_by_polars(directives: list[str], separator: str) -> None:
    pattern = separator.join(f"%{directive}" for directive in directives)
    assert format_fault(pattern, DAY) is not None or agrees(pattern)
