"""Temporary files of a run: inside the data directory, where the next run clears a killed one's.

They hold rows of extracts, so they do not belong into a folder that others read, nor stay there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.settings import Settings


@contextmanager
def scratch(settings: Settings) -> Iterator[None]:
    """Let temporary files of this process lie in the data directory; call it under the lock."""
    folder, before = settings.scratch, tempfile.tempdir
    clear_scratch(settings)
    folder.mkdir(mode=0o700, parents=True)
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        clear_scratch(settings)


def clear_scratch(settings: Settings) -> None:
    """Remove what a killed run left."""
    if settings.scratch.exists():
        shutil.rmtree(settings.scratch)
