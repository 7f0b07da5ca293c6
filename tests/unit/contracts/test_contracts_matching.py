import sys
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts.matching import fold_label, fold_labels


def folded_by_polars(texts: list[str]) -> list[str]:
    return pl.DataFrame({"text": texts}).select(fold_labels(pl.col("text")))["text"].to_list()


@pytest.mark.parametrize(
    "spelling",
    [
        "Đúng hạn",
        unicodedata.normalize("NFD", "Đúng hạn"),
        "\u00d0úng hạn",
        "\u0189úng hạn",
        "\u00f0úng hạn",
        "\u0256úng hạn",
        " ĐÚNG  HẠN\u00a0",
        "Đúng\r\nhạn",
        "\ufeffĐúng\u200b hạn:",
        "Đúng hạn :",
        "Đúng hạn\uff1a",
        "\tđúng\u2003hạn",
    ],
)
def test_spellings_of_one_label_fold_to_one_text(spelling: str) -> None:
    assert fold_label(spelling) == "đúng hạn"
    assert folded_by_polars([spelling]) == ["đúng hạn"]


def test_labels_that_differ_stay_apart() -> None:
    labels = ["Sổ văn bản", "Số văn bản", "Hạn", "Hàn", "Dung han", "Đung han", "quí", "quý"]
    assert len({fold_label(label) for label in labels}) == len(labels)


def test_colons_inside_a_label_stay() -> None:
    assert fold_label("case:concept:name") == "case:concept:name"


def test_null_stays_null() -> None:
    frame = pl.DataFrame({"text": ["A", None]}).select(fold_labels(pl.col("text")))
    assert frame["text"].to_list() == ["a", None]


def test_every_assigned_character_folds_alike_in_both() -> None:
    characters = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) not in {"Cs", "Cn", "Co"}
    ]
    texts = [f"{character}\u0301 c{character}" for character in characters]
    assert folded_by_polars(texts) == [fold_label(text) for text in texts]


awkward = st.sampled_from("ĐđÐðƉɖ :\uff1a\u00a0\u200b\ufeff\u2028\x1c\n\u0301\u0323ơƯßİıΣςK1")
assigned = st.characters(exclude_categories=("Cs", "Cn"))
texts = st.text(st.one_of(awkward, assigned))


@given(texts)
def test_any_text_folds_alike_in_both_and_only_once(text: str) -> None:
    folded = fold_label(text)
    assert folded_by_polars([text]) == [folded]
    assert fold_label(folded) == folded


@given(texts)
def test_unicode_form_case_and_space_never_matter(text: str) -> None:
    folded = fold_label(text)
    assert fold_label(unicodedata.normalize("NFD", text)) == folded
    assert fold_label(f"\u00a0 {text}\n: ") == folded
