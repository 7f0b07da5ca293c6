"""Labels as people and systems really write them: the same word in several spellings.

Reading must bring all of them back to one code; a label that means nothing known is not made here
but where the rows are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.samples.dice import Dice, Flags, Ints

_NBSP = "\u00a0"
_ETH = "\u00d0"  # looks like Đ (U+0110) in every font and is another letter


def spellings(label: str) -> tuple[str, ...]:
    """The label as it should be, then the ways it is found in real files."""
    return (
        label,
        unicodedata.normalize("NFD", label),
        f"{label.replace(' ', _NBSP, 1)}{_NBSP}",
        label.replace("Đ", _ETH) if "Đ" in label else f" {label} ",
        f" {label.upper().replace(' ', '  ')}",
    )


_SPELLINGS = len(spellings(""))


@dataclass(frozen=True)
class Wording:
    """The labels of one category, each in all its spellings, to be taken by position."""

    texts: pl.Series

    @classmethod
    def of(cls, labels: Sequence[str]) -> Wording:
        """A wording for labels whose position is their number."""
        every = [spelling for label in labels for spelling in spellings(label)]
        return cls(pl.Series([*every, None], dtype=pl.String))

    def write(self, numbers: Ints, spelling: Ints) -> pl.Series:
        """One text per row; null where the number is negative."""
        position = np.where(numbers < 0, len(self.texts) - 1, numbers * _SPELLINGS + spelling)
        return self.texts.gather(pl.Series(position))


def choose_spelling(dice: Dice, name: str, share: float) -> Ints:
    """0 (the proper spelling) for most rows, another one for about `share` of them."""
    odd: Flags = dice.chance(f"{name} is untidy", share)
    return np.where(odd, dice.whole(f"{name} spelling", 1, _SPELLINGS - 1), 0)
