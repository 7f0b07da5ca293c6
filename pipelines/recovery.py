"""What a run does first: clear away what a killed one left, and bring the databases in step.

Damage that can be mended is mended here and told; what the system refuses ends a run with a
sentence. How the single files are restored belongs to `pipelines.warehouse`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from pipelines.errors import RunError
from pipelines.scratch import clear_scratch
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.warehouse.memory import Restored

Say = Callable[[str], None]

_STOPPED = "The run could not go on:"
_GOES_ON = "Run again once the cause is gone: what is unfinished is done then."


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """Let what the system refuses end a run with a sentence, as anything else that is no defect.

    Raises:
        RunError: It refused something.
    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise RunError(f"{_STOPPED} {error.strerror or error}{where}. {_GOES_ON}") from error
    except duckdb.IOException as error:
        reason = str(error).partition("\n")[0]
        raise RunError(f"{_STOPPED} {reason}. {_GOES_ON}") from error


def bring_in_step(settings: Settings, say: Say) -> bool:
    """Clear what a killed run left, and restore the publication memory of the working database.

    Returns:
        Whether the working database holds just what is published.
    """
    from pipelines.warehouse.beside import clear
    from pipelines.warehouse.damage import set_aside_if_damaged
    from pipelines.warehouse.publish import clean_leftovers

    for leftover in [*clean_leftovers(settings), *clear(settings)]:
        say(f"clean: {leftover.name} of a run that did not end")
    clear_scratch(settings)
    set_aside_if_damaged(settings, say)
    restored = _restore(settings)
    # What a run has failed over or died in is read through before it is built on.
    if not restored.is_in_step and set_aside_if_damaged(settings, say, thoroughly=True):
        restored = _restore(settings)
    for loss in restored.losses:
        say(f"memory: {loss}")
    return restored.is_in_step


def _restore(settings: Settings) -> Restored:
    from pipelines.warehouse.connect import open_build
    from pipelines.warehouse.memory import restore

    with open_build(settings) as connection:
        return restore(settings, connection)


def is_made_anew(settings: Settings, say: Say) -> bool:
    """After a run that failed: whether damage was its cause, and a new run makes all anew."""
    from pipelines.warehouse.damage import set_aside_if_damaged

    if not set_aside_if_damaged(settings, say, thoroughly=True):
        return False
    bring_in_step(settings, say)
    return True
