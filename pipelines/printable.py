r"""Text from outside, made fit for a line of a log, a terminal, a mail header.

Names of files and values of cells may hold line ends, which would forge a line of a log, and escape
codes, which a terminal obeys. They are shown here as `\n` or `\x1b`; what is stored stays as it
came.
"""

from __future__ import annotations

import re

# Control characters, the two line ends of Unicode, marks that turn the direction of writing, and
# bytes of a file name that are no UTF-8.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def one_line(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey."""
    return _UNFIT.sub(_spelled, text)


def lines(text: str) -> str:
    """The same for text whose line ends are meant."""
    return "\n".join(map(one_line, text.split("\n")))


def in_utf8(name: str) -> str:
    r"""The name of a file, with bytes that are no UTF-8 spelled `\xe5`: fit to be stored."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
