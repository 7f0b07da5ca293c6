"""Frames put aside in their order, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl


class Spool:
    """Some frames, to be gone through as often as one likes until it is closed."""

    def __init__(self) -> None:
        """Nothing is put aside yet."""
        self._folder = TemporaryDirectory(prefix="qo-")
        self._count = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Put a frame aside; one without rows is none."""
        if not frame.is_empty():
            frame.write_ipc(self._path(self._count))
            self._count += 1

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """The frames, one by one."""
        for place in range(self._count):
            yield pl.read_ipc(self._path(place))

    def close(self) -> None:
        """Let go of the frames."""
        self._folder.cleanup()

    def _path(self, place: int) -> Path:
        return Path(self._folder.name, f"{place}.arrow")
