"""Periods as people type them."""

from datetime import date

import pytest

from pipelines.errors import ConfigurationError
from pipelines.reports.periods import Period, parse_period


@pytest.mark.parametrize(
    ("text", "grain", "start", "label"),
    [
        ("2022", "year", date(2022, 1, 1), "năm 2022"),
        ("2022-H1", "half_year", date(2022, 1, 1), "6 tháng đầu năm 2022"),
        ("2022-h2", "half_year", date(2022, 7, 1), "6 tháng cuối năm 2022"),
        ("2022-Q1", "quarter", date(2022, 1, 1), "quý 1 năm 2022"),
        ("2022-Q4", "quarter", date(2022, 10, 1), "quý 4 năm 2022"),
        ("2022-03", "month", date(2022, 3, 1), "tháng 03/2022"),
        (" 2022-12 ", "month", date(2022, 12, 1), "tháng 12/2022"),
    ],
)
def test_the_four_forms(text, grain, start, label):
    period = parse_period(text)
    assert period == Period(grain, start)
    assert period.label_vi == label
    assert period.code == text.strip().upper()


@pytest.mark.parametrize(
    "text", ["", "22", "2022-13", "2022-Q5", "2022-H3", "2022-3", "Q1", "0000"]
)
def test_anything_else_names_the_forms(text):
    with pytest.raises(ConfigurationError, match="2022-Q1"):
        parse_period(text)
