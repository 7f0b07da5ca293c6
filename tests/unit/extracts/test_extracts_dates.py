"""Instants in every form that extracts hold."""

from datetime import datetime

import polars as pl
import pytest

from pipelines.extracts.rows.dates import is_month_first, read_instants

ZONE = "Asia/Ho_Chi_Minh"


def read(*texts: str | None, formats: tuple[str, ...] = (), zone: str = ZONE) -> pl.DataFrame:
    found = read_instants(pl.Series(texts, dtype=pl.String), formats, zone)
    return pl.DataFrame({"v": found.values, "unread": found.unread, "sentinel": found.sentinel})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15/03/2022", datetime(2022, 3, 15)),
        ("05/01/2022", datetime(2022, 1, 5)),
        ("5/1/2022", datetime(2022, 1, 5)),
        ("05-01-2022", datetime(2022, 1, 5)),
        ("05.01.2022", datetime(2022, 1, 5)),
        ("15/03/22", datetime(2022, 3, 15)),
        ("15/03/22 08:05", datetime(2022, 3, 15, 8, 5)),
        ("15/03/2022 08:05", datetime(2022, 3, 15, 8, 5)),
        ("15/03/2022 8:05:09", datetime(2022, 3, 15, 8, 5, 9)),
        ("08:05, 15/03/2022", datetime(2022, 3, 15, 8, 5)),
        ("2022-03-15", datetime(2022, 3, 15)),
        ("2022-03-15 08:05:09.25", datetime(2022, 3, 15, 8, 5, 9)),
        ("2022-03-15T08:05:09", datetime(2022, 3, 15, 8, 5, 9)),
        ("2022-03-15T00:00:00Z", datetime(2022, 3, 15, 7)),
        ("2022-03-31T17:30:00Z", datetime(2022, 4, 1, 0, 30)),
        ("2022-03-15 08:00:00+0200", datetime(2022, 3, 15, 13)),
        ("2022-03-15 08:00:00.5-05:00", datetime(2022, 3, 15, 20)),
        ("20220315080509", datetime(2022, 3, 15, 8, 5, 9)),
        ("20220315", datetime(2022, 3, 15)),
        ("44635", datetime(2022, 3, 15)),
        ("44635.604340278", datetime(2022, 3, 15, 14, 30, 15)),
        ("ngày 05 tháng 01 năm 2022", datetime(2022, 1, 5)),
        ("Ngày 5  tháng 1 năm 2022", datetime(2022, 1, 5)),
        (" '15/03/2022\u00a0", datetime(2022, 3, 15)),
        ("1890-05-06", datetime(1890, 5, 6)),
    ],
)
def test_forms(text: str, expected: datetime) -> None:
    assert read(text).row(0) == (expected, False, False)


@pytest.mark.parametrize(
    "text",
    ["31/02/2022", "15/13/2022", "03/15/2022", "15/03/2022 25:00", "2022", "sau Tết", "1.5"],
)
def test_what_is_no_date_is_unread(text: str) -> None:
    assert read(text).row(0) == (None, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "00/00/0000",
        "0000-00-00 00:00:00",
        "01/01/0001",
        "01/01/0001 00:00:00",
        "01/01/1753",
        "01/01/1900",
        "1900-01-01T00:00:00",
        "30/12/1899",
        "01/01/1970",
        "1970-01-01T00:00:00Z",
        "31/12/9999",
        "31/12/9999 23:59:59",
        "9999-12-31T23:59:59Z",
        "Không",
    ],
)
def test_sentinels_stand_for_no_date(text: str) -> None:
    assert read(text).row(0) == (None, False, True)
    beside = read("15/03/2022 08:00:00", text)
    assert beside.row(1) == (None, False, True)


def test_empty_cells_are_neither_unread_nor_sentinels() -> None:
    assert set(read("", " ", "-", None).rows()) == {(None, False, False)}


def test_mixed_forms_in_one_column_are_each_read() -> None:
    column = ["15/03/2022 08:00:00"] * 3 + ["44635", "2022-03-15 00:00:00", "x", None]
    assert read(*column)["v"].to_list() == [
        *[datetime(2022, 3, 15, 8)] * 3,
        datetime(2022, 3, 15),
        datetime(2022, 3, 15),
        None,
        None,
    ]


def test_mixed_offsets_become_wall_clock_time_of_the_zone() -> None:
    texts = ("2011-10-11 13:42:22.688000+02:00", "2011-12-06 00:00:00+01:00")
    assert read(*texts, zone="Europe/Amsterdam")["v"].to_list() == [
        datetime(2011, 10, 11, 13, 42, 22),
        datetime(2011, 12, 6),
    ]


def test_beside_month_first_formats_of_the_contract_day_first_is_not_guessed() -> None:
    found = read(
        "01/02/2022 01:05:00 PM",
        "01/02/2022",
        "2022-01-02",
        formats=("%m/%d/%Y %I:%M:%S %p",),
        zone="America/New_York",
    )
    assert found["v"].to_list() == [datetime(2022, 1, 2, 13, 5), None, datetime(2022, 1, 2)]
    assert found["unread"].to_list() == [False, True, False]


def test_day_first_stays_allowed_beside_a_day_first_format() -> None:
    found = read("05/01/2022 08:00", formats=("%d/%m/%Y",))
    assert found["v"].to_list() == [datetime(2022, 1, 5, 8)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("%m/%d/%Y", True), ("%d/%m/%Y", False), ("%Y-%m-%d", False), ("%d %b %Y", False)],
)
def test_month_first_formats_are_recognised(pattern: str, expected: bool) -> None:
    assert is_month_first(pattern) is expected
