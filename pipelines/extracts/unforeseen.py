"""A fault that nobody foresaw, told as a sentence: what kind it is and where it happened.

Whatever a file holds costs at most that file. What it says is the kind of exception and the place
in the program, never the words of the exception: those of libraries quote values, and values may be
people's. What the system refuses (a full disk, a folder without rights) is no fault of a file and
passes through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

import polars as pl

from pipelines.errors import QoError
from pipelines.extracts.faults import RejectedFileError
from pipelines.settings import PROJECT_DIR

_OF_THE_SYSTEM = re.compile(r"\(os error \d+\)")
"""How Polars words what the system refused where it wraps it into an exception of its own."""

_FAULTS = (Exception, pl.exceptions.PanicException)
"""What a fault over content may be: Polars' panics are no `Exception`."""

_PROGRAM = PROJECT_DIR / "pipelines"
_WHAT_TO_DO = (
    "nothing of it was taken, all else goes on. Export it again, if need be as csv, and hand this "
    "line to who maintains the program."
)


class UnforeseenError(RejectedFileError):
    """A fault of the program or of a library, over something that a file holds."""


@contextmanager
def refusing_unforeseen() -> Iterator[None]:
    """Let a fault that nobody foresaw refuse what is at work: a file, or a whole source.

    Raises:
        UnforeseenError: Something was raised that is no sentence of ours and not the system's.
    """
    try:
        yield
    except (QoError, OSError):
        raise
    except _FAULTS as error:
        if _OF_THE_SYSTEM.search(str(error)):
            raise
        raise UnforeseenError(
            f"An unexpected fault ({type(error).__name__} in {_place(error)}): {_WHAT_TO_DO}"
        ) from error


def _place(error: BaseException) -> str:
    """The innermost line of this program that was at work."""
    frames = extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if frame.filename != __file__ and Path(frame.filename).is_relative_to(_PROGRAM)
    ]
    if not ours:
        return "a library"
    return f"{Path(ours[-1].filename).relative_to(_PROGRAM).as_posix()}, line {ours[-1].lineno}"
