"""Which encoding a text has is told by its words; what cannot be told is refused."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.formats.encodings import (
    HEAD_BYTES,
    UTF8,
    as_utf8,
    guess_encoding,
    guess_text_encoding,
)
from pipelines.extracts.formats.legacy_encodings import (
    TCVN3,
    VNI,
    converter,
    font_of,
    is_open_end,
    is_syllable,
    table,
)
from tests.support.filewriters import ENCODERS, in_font, in_windows_1258

TEXT = (
    "Tổng hợp danh sách hồ sơ: đang xử lý, đã trả kết quả; yêu cầu bổ sung giấy tờ ở Phường Thuỷ "
    "Xuân, huyện Quảng Điền, khuỷu nghiêng, ngoằn ngoèo, quý vị nghỉ, Đắk Lắk"
)
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = "đ" + "".join(unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES)


def test_every_vietnamese_letter_has_its_place_in_both_fonts() -> None:
    for font in (TCVN3, VNI):
        assert set(LETTERS) - set("aeiouy") == {
            letter for letter in table(font).values() if letter.islower()
        }
    assert {letter for letter in table(VNI).values() if letter.isupper()} == {
        letter.upper() for letter in set(LETTERS) - set("aeiouy")
    }


@pytest.mark.parametrize(
    ("font", "typed", "shown"),
    [
        (TCVN3, "§óng h¹n", "Đúng hạn"),
        (TCVN3, "Hå s¬ ®· tr¶ kÕt qu¶", "Hồ sơ đã trả kết quả"),
        (TCVN3, "ñy ban nh©n d©n tØnh Thõa Thiªn HuÕ", "ủy ban nhân dân tỉnh Thừa Thiên Huế"),
        (VNI, "Ñuùng haïn", "Đúng hạn"),
        (VNI, "Hoà sô ñaõ traû keát quaû", "Hồ sơ đã trả kết quả"),
        (VNI, "UÛY BAN NHAÂN DAÂN TÆNH THÖØA THIEÂN HUEÁ", "ỦY BAN NHÂN DÂN TỈNH THỪA THIÊN HUẾ"),
        (VNI, "Lónh vöïc: kyõ thuaät, thuûy lôïi", "Lĩnh vực: kỹ thuật, thủy lợi"),
    ],
)
def test_fonts_from_before_unicode(font: str, typed: str, shown: str) -> None:
    assert converter(font)(typed) == shown
    assert font_of([typed]) == font
    assert font_of([shown]) == ""


@pytest.mark.parametrize("encoding", ENCODERS)
def test_the_encoding_is_told_by_the_words(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(ENCODERS[encoding](TEXT))
    found = guess_encoding(path)
    assert found.replace("-le", "").replace("-be", "") in encoding.replace(" ", "-")
    text = as_utf8(path, found, tmp_path).read_text("utf-8-sig")
    shown = unicodedata.normalize("NFC", text)
    assert shown == TEXT


@pytest.mark.parametrize(
    "content",
    [
        "Café José, Señor Peña, naïve".encode("latin-1"),
        "Fußgänger, Grüße".encode("cp1252"),
        "Москва, Санкт-Петербург".encode("cp1251"),
        in_font("hồ sơ", TCVN3).encode("latin-1") + b" " + in_windows_1258("Đúng hạn, trả kết quả"),
        b"a stray \xe1 byte, and x\xa6",
        b"x" * 250_000 + b" \xe1 z",
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(RejectedFileError, match="cannot be told"):
        guess_encoding(path)


@pytest.mark.parametrize("encoding", [UTF8, "cp1258", "tcvn3", "vni"])
def test_the_first_letters_beyond_ascii_decide_wherever_they_stand(
    tmp_path: Path, encoding: str
) -> None:
    typed = {
        UTF8: TEXT.encode(),
        "cp1258": in_windows_1258(TEXT),
        "tcvn3": in_font(TEXT, TCVN3).encode("latin-1", "replace"),
        "vni": in_font(TEXT, VNI).encode("latin-1", "replace"),
    }
    path = tmp_path / "a.txt"
    for length in (HEAD_BYTES, 4 * HEAD_BYTES - 1):
        path.write_bytes(b"x" * length + b" " + typed[encoding])
        assert guess_text_encoding(path) == encoding


def test_typographic_signs_are_the_same_in_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("plain text \u2013 with \u201csigns\u201d".encode("cp1252"))
    text = as_utf8(path, guess_encoding(path), tmp_path).read_text("utf-8")
    assert text == "plain text \u2013 with \u201csigns\u201d"


def test_letters_of_two_parts_survive_where_the_text_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(ENCODERS[VNI](TEXT))
    for size in (1, 2, 3, 7):
        monkeypatch.setattr("pipelines.extracts.formats.encodings.CHUNK_BYTES", size)
        assert as_utf8(path, VNI, tmp_path).read_text("utf-8") == TEXT
    assert is_open_end("ho")
    assert not is_open_end("hoà")


@pytest.mark.parametrize("word", TEXT.replace(",", "").replace(";", "").replace(":", "").split())
def test_syllables(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word.upper()))


@pytest.mark.parametrize(
    "word", ["§óng", "h¹n", "Ñuùng", "haïn", "Café", "hòá", "xyz", "còc", "ằu"]
)
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)
