"""Draws that depend on nothing but the seed, the name of the draw and the number of the row.

A generator with a state would tie every value to the order and the size of the chunks it is drawn
in, and to the version of the library that owns it. A hash of (seed, name, row) has neither
problem: row 7,654,321 is the same whether it is drawn alone or among ten million.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# The constants of SplitMix64 (Steele, Lea and Flood, 2014), a mixer whose outputs pass the
# usual statistical batteries even for consecutive inputs.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT_INTERVAL = 2.0**-53


@dataclass(frozen=True)
class Dice:
    """Draws for the rows numbered `index`.

    Attributes:
        seed: The run's seed.
        index: The numbers of the rows, whatever part of all rows they are.
        realm: What the rows are; the same draw of another realm is independent.
    """

    seed: int
    index: Ints
    realm: str

    def uniform(self, name: str) -> Floats:
        """One number in [0, 1) per row."""
        words = self.index.astype(np.uint64) * _STEP + self._key(name)
        fractions: Floats = (_mix(words) >> np.uint64(11)).astype(np.float64) * _TO_UNIT_INTERVAL
        return fractions

    def chance(self, name: str, share: float | Floats) -> Flags:
        """True for about `share` of the rows; `share` may differ by row."""
        flags: Flags = self.uniform(name) < share
        return flags

    def whole(self, name: str, low: int, high: int) -> Ints:
        """A whole number in [low, high] per row."""
        steps: Ints = np.floor(self.uniform(name) * (high - low + 1)).astype(np.int64)
        return low + steps

    def pick(self, name: str, weights: Sequence[float] | Floats) -> Ints:
        """The position of one of the weights per row, each as likely as its weight says."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
        positions: Ints = np.searchsorted(
            cumulative, self.uniform(name) * cumulative[-1], side="right"
        ).astype(np.int64)
        return np.minimum(positions, len(cumulative) - 1)

    def waiting(self, name: str, mean: float) -> Ints:
        """Whole days of waiting, 0 upwards, most of them few."""
        return np.floor(-np.log1p(-self.uniform(name)) * mean).astype(np.int64)

    def _key(self, name: str) -> np.uint64:
        text = f"{self.seed}/{self.realm}/{name}".encode()
        halves = np.array([zlib.crc32(text), zlib.crc32(text[::-1])], dtype=np.uint64)
        return np.uint64(_mix(halves[:1] << np.uint64(32) | halves[1:])[0])


def _mix(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    words = (words ^ (words >> np.uint64(30))) * _MIX_1
    words = (words ^ (words >> np.uint64(27))) * _MIX_2
    return words ^ (words >> np.uint64(31))


def ordinals(count: int, start: int = 0) -> Ints:
    """The row numbers from `start`, `count` of them."""
    return np.arange(start, start + count, dtype=np.int64)
