"""How headers and category labels are compared: folded text, not raw text.

Two spellings mean the same when their folded forms are equal. The fold exists twice, for one text
and for a Polars column, and both give the same answer for every text (a property test holds them
together). Cleaning the values that are stored is not done here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Characters without width, which spreadsheets and web pages leave inside words: soft hyphen, zero
# width space and joiners, direction marks, word joiner, byte order mark.
_INVISIBLE = r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
# The separators U+001C to U+001F are white space to Python but not to Polars: named for both.
_SPACES = r"[\s\x1c-\x1f]+"
# After lowercasing, U+00D0 and U+0189 have become U+00F0 and U+0256. The final sigma depends on its
# neighbours, so it is folded too and the result depends on nothing but the letters.
_LOOK_ALIKES = {"\u00f0": "đ", "\u0256": "đ", "ς": "σ"}
_TRAILING = " :\uff1a"

_PYTHON_LOOK_ALIKES = str.maketrans(_LOOK_ALIKES)


def fold_label(text: str) -> str:
    """The form of a header or label in which spellings are compared.

    Ignores case, Unicode form, invisible characters, surrounding and repeated white space (line
    breaks and no-break spaces too), the look-alikes of Đ, and colons at the end.
    """
    visible = re.sub(_INVISIBLE, "", text)
    letters = unicodedata.normalize("NFC", visible.lower()).translate(_PYTHON_LOOK_ALIKES)
    return re.sub(_SPACES, " ", letters).lstrip(" ").rstrip(_TRAILING)


def fold_labels(expr: pl.Expr) -> pl.Expr:
    """`fold_label` for every value of a text column; null stays null."""
    letters = expr.str.replace_all(_INVISIBLE, "").str.to_lowercase().str.normalize("NFC")
    for look_alike, letter in _LOOK_ALIKES.items():
        letters = letters.str.replace_all(look_alike, letter, literal=True)
    spaced = letters.str.replace_all(_SPACES, " ")
    return spaced.str.strip_chars_start(" ").str.strip_chars_end(_TRAILING)
