"""Casting one column to its canonical type."""

import unicodedata
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.rows.cast import Cast, cast_column

MakeContract = Callable[..., Contract]


def cast(contract: Contract, name: str, *texts: str | None) -> Cast:
    return cast_column(pl.Series(texts, dtype=pl.String), contract.data.column(name), contract)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-3", -3),
        ("1.234", 1234),
        ("1.234.567", 1_234_567),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("12,0", 12),
        ("12.00", 12),
        ("12.000", 12_000),
        ("1.234,0", 1234),
        ("'7", 7),
    ],
)
def test_whole_numbers(contract: Contract, text: str, expected: int) -> None:
    found = cast(contract, "supplement_count", text)
    assert (found.values.to_list(), found.unread.to_list()) == ([expected], [False])


@pytest.mark.parametrize("text", ["12,5", "1,234", "97%", "hai", "1.23.4", "99999999999999999999"])
def test_what_is_no_whole_number_is_unread(contract: Contract, text: str) -> None:
    found = cast(contract, "supplement_count", text)
    assert (found.values.to_list(), found.unread.to_list()) == ([None], [True])


def test_booleans(contract: Contract) -> None:
    texts = ("Có", "x", "1", "TRUE", "Không", "0", "false", "", "?")
    found = cast(contract, "deadline_exempt", *texts)
    assert found.values.to_list() == [*[True] * 4, *[False] * 3, None, None]
    assert found.unread.to_list() == [*[False] * 8, True]


def test_categories_ignore_case_space_unicode_form_and_look_alikes(contract: Contract) -> None:
    texts = (
        "Đang xử lý",
        unicodedata.normalize("NFD", "Đang xử lý"),
        "\u00d0ang xử lý",
        "  ĐANG  XỬ\u00a0LÝ ",
        "processing",
    )
    assert cast(contract, "status", *texts).values.to_list() == ["processing"] * 5


def test_an_unknown_label_is_unread_and_an_empty_one_is_not(contract: Contract) -> None:
    found = cast(contract, "status", "Chờ liên thông thuế", "", "-", None)
    assert found.values.to_list() == [None] * 4
    assert found.unread.to_list() == [True, False, False, False]


def test_unknown_labels_are_found_in_long_columns_too(contract: Contract) -> None:
    texts = ["Đang xử lý", "lạ", None] * 10_000
    found = cast(contract, "status", *texts)
    assert found.values.head(3).to_list() == ["processing", None, None]
    assert found.unread.head(3).to_list() == [False, True, False]
    assert found.unread.sum() == 10_000


def test_sentinel_words_for_dates_are_text_elsewhere(make_contract: MakeContract) -> None:
    contract = make_contract()
    assert cast(contract, "unit_name", "Không", "01/01/1900", "-").values.to_list() == [
        "Không",
        "01/01/1900",
        None,
    ]


def test_codes_keep_their_zeros(make_contract: MakeContract) -> None:
    contract = make_contract()
    assert cast(contract, "procedure_id", "1.001230", "0012").values.to_list() == [
        "1.001230",
        "0012",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-03", "2022-03"),
        ("2022/3", "2022-03"),
        ("03/2022", "2022-03"),
        ("3/2022", "2022-03"),
        ("Tháng 3/2022", "2022-03"),
        ("tháng 03 năm 2022", "2022-03"),
        ("15/03/2022", "2022-03"),
        ("2022-03-01 00:00:00", "2022-03"),
        ("44635", "2022-03"),
    ],
)
def test_months(make_contract: MakeContract, text: str, expected: str) -> None:
    contract = make_contract("dossiers_outside_system")
    assert cast(contract, "month", text).values.to_list() == [expected]


@pytest.mark.parametrize("text", ["13/2022", "2022", "quý I"])
def test_what_is_no_month_is_unread(make_contract: MakeContract, text: str) -> None:
    contract = make_contract("dossiers_outside_system")
    found = cast(contract, "month", text)
    assert (found.values.to_list(), found.unread.to_list()) == ([None], [True])


def test_date_columns_drop_the_time(make_contract: MakeContract) -> None:
    contract = make_contract("documents")
    assert cast(contract, "issued_on", "15/03/2022 16:00").values.to_list() == [date(2022, 3, 15)]
