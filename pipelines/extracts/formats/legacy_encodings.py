"""Vietnamese from before Unicode: TCVN3 (ABC) and VNI, told apart from Windows-1258 by their words.

TCVN3 and VNI are fonts rather than encodings: software takes such text for Western European, so it
arrives as bytes of text files and just as well as letters such as "§óng h¹n" inside workbooks. Both
are handled here as text in which every byte is the character of that number. An encoding is only
believed when the words it gives are Vietnamese syllables and those of the others are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import product

WINDOWS_1258 = "cp1258"
"""The Vietnamese code page of Windows before Unicode; Python reads it."""
TCVN3 = "tcvn3"
VNI = "vni"

_TCVN3_RUNS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
"""First character number -> the letters in a row. Capitals with a tone were drawn by a font of
capitals over the small letters, so their case is lost."""

_GRAVE, _ACUTE, _TILDE, _HOOK, _DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_TONES = f"{_GRAVE}{_ACUTE}{_TILDE}{_HOOK}{_DOT}"
_VNI_MARKS = {
    "ø": _GRAVE,
    "ù": _ACUTE,
    "õ": _TILDE,
    "û": _HOOK,
    "ï": _DOT,
    "â": _CIRCUMFLEX,
    "à": _CIRCUMFLEX + _GRAVE,
    "á": _CIRCUMFLEX + _ACUTE,
    "ã": _CIRCUMFLEX + _TILDE,
    "å": _CIRCUMFLEX + _HOOK,
    "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE,
    "è": _BREVE + _GRAVE,
    "é": _BREVE + _ACUTE,
    "ü": _BREVE + _TILDE,
    "ú": _BREVE + _HOOK,
    "ë": _BREVE + _DOT,
}
"""In VNI a mark is a letter of its own behind a vowel."""

_VNI_MARKED = {"a": _VNI_MARKS, **{base: dict(list(_VNI_MARKS.items())[:11]) for base in "eo"}}
_VNI_MARKED |= {base: dict(list(_VNI_MARKS.items())[:5]) for base in "uyôö"}
_VNI_LETTERS = dict(zip("ñíìæóòôöî", "đíìỉĩịơưỵ", strict=True))


@cache
def table(encoding: str) -> Mapping[str, str]:
    """What stands for what in TCVN3 or VNI: one or two characters -> one letter, longest first."""
    if encoding == TCVN3:
        runs = _TCVN3_RUNS.items()
        return {
            chr(first + place): letter for first, run in runs for place, letter in enumerate(run)
        }
    pairs = {}
    for base, marks in _VNI_MARKED.items():
        bare = _VNI_LETTERS.get(base, base)
        for mark, sign in marks.items():
            letter = unicodedata.normalize("NFC", bare + sign)
            for one, other in product({base, base.upper()}, {mark, mark.upper()}):
                pairs[one + other] = letter.upper() if one.isupper() else letter
    capitals = {old.upper(): new.upper() for old, new in _VNI_LETTERS.items()}
    return pairs | _VNI_LETTERS | capitals


@cache
def converter(encoding: str) -> Callable[[str], str]:
    """A function from TCVN3 or VNI text to Unicode text."""
    letters = table(encoding)
    pattern = re.compile("|".join(map(re.escape, letters)))
    return lambda text: pattern.sub(lambda found: letters[found[0]], text)


def is_open_end(text: str) -> bool:
    """True when a text ends in a letter to which VNI may add a mark: not the place to cut it."""
    return text[-1:].lower() in _VNI_MARKED


_ONSET = r"(?:ngh|ng|nh|gh|gi|g|kh|k|ch|c|ph|p|th|tr|t|qu|b|d|đ|h|l|m|n|r|s|v|x)?"
_CLOSED = r"(?:uyê|iê|yê|uô|ươ|oa|oă|oe|oo|uâ|uê|uy|ua|uơ|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y)"
_GLIDES = (
    r"(?:oai|oao|oay|oeo|iêu|yêu|uây|uôi|ươi|ươu|uya|uyu|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ưa"
    r"|ui|ưi|ưu)"
)
_SYLLABLE = re.compile(f"{_ONSET}(?:{_GLIDES}|{_CLOSED}(?P<coda>ch|c|k|p|t|ng|nh|n|m)?)")
_STOPS = {"ch", "c", "k", "p", "t"}
_TONE_ELSEWHERE = re.compile(f"[^aeiouy\u0302\u0306\u031b][{_TONES}]")
_ETHS = str.maketrans("ðÐ", "đĐ")
_PUNCTUATION = "“”„‘’‚…–—«»°•™®©§·¹²³ºª"


def is_syllable(word: str) -> bool:
    """True when a word is spelled as a Vietnamese syllable, however its marks are composed."""
    parts = unicodedata.normalize("NFD", word.translate(_ETHS).lower())
    tones = [part for part in parts if part in _TONES]
    bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    found = _SYLLABLE.fullmatch(bare)
    if found is None or len(tones) > 1 or _TONE_ELSEWHERE.search(parts):
        return False
    # A syllable that ends in a stop carries one of two tones.
    return found["coda"] not in _STOPS or tones in ([_ACUTE], [_DOT])


BEYOND_FONTS = r"[\u0100-\u0151\u0154-\u0177\u0179-\u1fff]"
"""Letters that no such font has: text that holds one is Unicode already."""

_BEYOND = re.compile(BEYOND_FONTS)
_NO_LETTER = "\ufffd\ufffd"
_CONVINCING = 0.8
_MARGIN = 0.25
_WORDS_AT_LEAST = 2
"""One stray byte makes a word of some encoding, two words beyond ASCII are no accident."""


def share_of_syllables(words: Iterable[str]) -> float:
    """How many of the words beyond ASCII are Vietnamese syllables, from 0 to 1.

    Single letters are no evidence: most characters are one in some encoding.

    Returns:
        0 when there are too few words to tell.
    """
    bare = (word.strip(_PUNCTUATION) for word in words)
    tried = [word for word in bare if len(word) > 1 and not word.isascii()]
    known = sum(map(is_syllable, tried))
    return known / len(tried) if known >= _WORDS_AT_LEAST else 0.0


_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]*[^\x00-\x7f\xa0][A-Za-z\x80-\x9f\u00a1-\U0010ffff]*")


def words_of(texts: Iterable[str]) -> set[str]:
    """The words that hold more than ASCII."""
    return {word for text in texts for word in _WORD.findall(text)}


def choose(readings: Mapping[str, Iterable[str]]) -> str | None:
    """The one encoding that reads the words as Vietnamese.

    Args:
        readings: Encoding -> the same words as it reads them.

    Returns:
        None when no encoding, or more than one, makes sense of them.
    """
    shares = sorted(((share_of_syllables(words), name) for name, words in readings.items()))
    (second, _), (best, name) = shares[-2:]
    return name if best >= _CONVINCING and best - second >= _MARGIN else None


def font_of(texts: Iterable[str]) -> str | None:
    """TCVN3 or VNI, when the texts are Vietnamese in such a font; "" when they are Unicode.

    Returns:
        None when that cannot be told. Such text is left as it is: it is then unknown, and says so.
    """
    words = words_of(texts)
    readings = {name: {_shown(word, converter(name)) for word in words} for name in (TCVN3, VNI)}
    return choose({"": words, **readings})


def _shown(word: str, convert: Callable[[str], str]) -> str:
    """A word as a font shows it; one that the font does not have is none."""
    return _NO_LETTER if _BEYOND.search(word) else convert(word)
