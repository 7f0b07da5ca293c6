"""Tidying text before it is compared or cast."""

import unicodedata

import polars as pl
import pytest

from pipelines.extracts.rows.clean import Distinct, clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  H57.12 \t", "H57.12"),
        ("Đúng\u00a0hạn\u00a0", "Đúng hạn"),
        ("\ufeffMã\u200b hồ sơ", "Mã hồ sơ"),
        (unicodedata.normalize("NFD", "Đúng hạn"), "Đúng hạn"),
        ("'0012", "0012"),
        ("' 0012", "0012"),
        ("0012", "0012"),
        ("1.001230", "1.001230"),
        ("dòng một\ndòng hai", "dòng một\ndòng hai"),
        ("", None),
        (" - ", None),
        ("\u00a0", None),
        (None, None),
    ],
)
def test_text_is_tidied(text: str | None, expected: str | None) -> None:
    assert clean(pl.Series([text], dtype=pl.String)).to_list() == [expected]


def test_null_values_of_the_contract_are_null() -> None:
    values = pl.Series(["N/A", " N/A ", "NA", "-", "0"])
    assert clean(values, ["N/A"]).to_list() == [None, None, "NA", None, "0"]
    assert clean(values).to_list() == ["N/A", "N/A", "NA", None, "0"]


@pytest.mark.parametrize("nothing", [None, "-"])
def test_a_column_that_repeats_is_worked_out_once_per_value(nothing: str | None) -> None:
    column = pl.Series([" a ", "b", nothing] * 10_000)
    distinct = Distinct(column)
    assert len(distinct.values) == column.drop_nulls().n_unique()
    assert distinct.spread(clean(distinct.values)).to_list() == ["a", "b", None] * 10_000


def test_results_of_another_type_reach_the_column() -> None:
    distinct = Distinct(pl.Series(["x", "yy", None] * 10_000))
    lengths = distinct.spread(distinct.values.str.len_chars())
    assert lengths.to_list() == [1, 2, None] * 10_000


def test_a_column_of_single_values_is_taken_whole() -> None:
    values = pl.Series(map(str, range(30_000)))
    assert Distinct(values).values is values
