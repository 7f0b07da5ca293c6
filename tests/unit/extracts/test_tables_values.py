"""Values as offices write them: labels, dates, numbers, and a time of day in its own column."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from pydantic import ValidationError

from pipelines.contracts.datasets import DATASETS
from pipelines.contracts.model import Contract
from pipelines.extracts.layout.headers import HeaderMatcher
from pipelines.extracts.rows.cast import cast_column
from pipelines.extracts.rows.dates import read_instants
from tests.unit.extracts.whole import account, read_table

MakeContract = Callable[..., Contract]
ZONE = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    "label",
    [
        "Đúng hạn",
        unicodedata.normalize("NFD", "Đúng hạn"),
        b"\xd0u\xecng ha\xf2n".decode("cp1258"),
        "\u00d0úng hạn",
        "\u0189úng hạn",
        " ĐÚNG  HẠN\u00a0",
        "Đúng\u200b hạn:",
        "'Đúng hạn",
        "Đúng\nhạn",
    ],
)
def test_t55_one_label_in_every_spelling(make_contract: MakeContract, label: str) -> None:
    contract = make_contract(
        columns={
            "dossier_id": {},
            "received_at": {},
            "status": {"values": {"result_ready": ["Đúng hạn"]}},
        }
    )
    status = DATASETS["dossiers"].column("status")
    cast = cast_column(pl.Series([label]), status, contract)
    assert cast.values.to_list() == ["result_ready"]


@pytest.mark.parametrize("text", ["00/00/0000", "01/01/0001", "31/12/9999"])
def test_t56_sentinels_are_no_dates(text: str) -> None:
    read = read_instants(pl.Series([text]), (), ZONE)
    assert (read.values[0], read.sentinel[0], read.unread[0]) == (None, True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("44635", "2022-03-15 00:00"),
        ("'44635", "2022-03-15 00:00"),
        ("44635.5", "2022-03-15 12:00"),
        ("44635,5", "2022-03-15 12:00"),
        ("15/03/22", "2022-03-15 00:00"),
        ("2022-03-15T00:00:00Z", "2022-03-15 07:00"),
        ("5/3/2022", "2022-03-05 00:00"),
        ("05-03-2022", "2022-03-05 00:00"),
        ("15.03.2022", "2022-03-15 00:00"),
        ("08:30, 15/03/2022", "2022-03-15 08:30"),
        ("15/03/2022 - 08:30", "2022-03-15 08:30"),
        ("15/03/2022 8:30", "2022-03-15 08:30"),
        ("15/03/2022 08h30", "2022-03-15 08:30"),
        ("8 giờ 30 phút, ngày 15/03/2022", "2022-03-15 08:30"),
        ("15/03/2022 12:05 SA", "2022-03-15 00:05"),
        ("15/03/2022 02:30:00 CH", "2022-03-15 14:30"),
        ("15/03/2022 2:30 PM", "2022-03-15 14:30"),
        ("15/03/2022 12:30 pm", "2022-03-15 12:30"),
        ("20220315083000", "2022-03-15 08:30"),
        ("ngày 05 tháng 01 năm 2022", "2022-01-05 00:00"),
        ("05 tháng 01 năm 2022", "2022-01-05 00:00"),
        ("\u00a015/03/2022\u200b", "2022-03-15 00:00"),
    ],
)
def test_t56_dates_in_every_form(text: str, expected: str) -> None:
    # Beside another form, as in a column typed by many hands.
    read = read_instants(pl.Series(["01/02/2022", text]), (), ZONE)
    assert read.values[1] == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["31/02/2022", "01/13/2022", "15/03/202", "15:75 15/03/2022"])
def test_dates_that_do_not_exist_are_not_guessed(text: str) -> None:
    read = read_instants(pl.Series(["01/02/2022", text]), (), ZONE)
    assert (read.values[1], read.unread[1]) == (None, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.234", 1234), ("1 234", 1234), ("12,0", 12), ("'12", 12), ("1.002", 1002), ("97,5%", None)],
)
def test_counts_as_vietnamese_sheets_write_them(
    make_contract: MakeContract, text: str, expected: int | None
) -> None:
    column = DATASETS["dossiers"].column("supplement_count")
    cast = cast_column(pl.Series([text]), column, make_contract())
    assert (cast.values[0], cast.unread[0]) == (expected, expected is None)


def test_a_code_that_looks_like_a_count_stays_as_it_is(make_contract: MakeContract) -> None:
    column = DATASETS["dossiers"].column("procedure_id")
    cast = cast_column(pl.Series(["1.002", "'0012", "1.001230"]), column, make_contract())
    assert cast.values.to_list() == ["1.002", "0012", "1.001230"]


@pytest.fixture
def timed(make_contract: MakeContract) -> Contract:
    return make_contract(
        columns={
            "dossier_id": {},
            "received_at": {"headers": ["Ngày nhận"], "time_headers": ["Giờ nhận"]},
            "status": {},
        }
    )


def test_a_time_of_day_in_its_own_column_joins_its_date(timed: Contract, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Mã hồ sơ;Giờ nhận;Ngày nhận;Trạng thái\n"
        "a;08:30;03/01/2022;Đang xử lý\n"
        "b;;04/01/2022;Đang xử lý\n"
        "c;14h05;05/01/2022;Đang xử lý\n"
        "d;sáng;05/01/2022;Đang xử lý\n",
        "utf-8",
    )
    table = read_table(path, HeaderMatcher(timed))
    assert table.grid.match.ignored == ()
    accounted = account(table.frame, timed, None)
    assert accounted.accepted["received_at"].to_list() == [
        datetime(2022, 1, 3, 8, 30),
        datetime(2022, 1, 4),
        datetime(2022, 1, 5, 14, 5),
    ]
    assert accounted.rejected["raw_value"].to_list() == ["05/01/2022 sáng"]


def test_a_time_of_day_in_a_workbook(timed: Contract, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        formats = [book.add_format({"num_format": form}) for form in ("dd/mm/yyyy", "hh:mm")]
        sheet.write_row(0, 0, ["Mã hồ sơ", "Ngày nhận", "Giờ nhận", "Trạng thái"])
        sheet.write_row(1, 0, ["a", None, None, "Đang xử lý"])
        sheet.write_datetime(1, 1, datetime(2022, 1, 3), formats[0])
        sheet.write_number(1, 2, 8.5 / 24, formats[1])
    table = read_table(path, HeaderMatcher(timed))
    accounted = account(table.frame, timed, None)
    assert accounted.accepted["received_at"].to_list() == [datetime(2022, 1, 3, 8, 30)]


def test_only_instants_that_are_read_have_a_time_of_day(make_contract: MakeContract) -> None:
    columns = {"dossier_id": {"time_headers": ["Giờ"]}, "received_at": {}, "status": {}}
    with pytest.raises(ValidationError, match="is not read from the file as a date with a time"):
        make_contract(columns=columns)
