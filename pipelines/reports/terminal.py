"""Where a command writes: coloured in a terminal's width, or as plain wide lines in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from rich.console import Console, RenderableType
from rich.status import Status
from rich.table import Table

from pipelines.settings import LOCAL_ZONE

LOG_WIDTH = 160
"""Columns of a table that goes to a file or a pipe: wide enough for whole figures and names."""
MIN_WIDTH = 100
"""Below this a table cannot show whole figures; the terminal then wraps its lines."""


def console(stream: TextIO | None = None) -> Console:
    """A console for standard output, or for another stream."""
    found = Console(file=stream, highlight=False)
    width = max(found.width, MIN_WIDTH) if found.is_terminal else LOG_WIDTH
    return Console(file=stream, highlight=False, width=width)


def plain_table(*headings: str) -> Table:
    """A table without lines, which reads as well in a log; long values are folded."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


@dataclass(frozen=True)
class RunOutput:
    """What a run says while it works: a line per step, and what is going on right now."""

    console: Console
    status: Status | None = None

    def say(self, line: str) -> None:
        """Print a line with the time of day."""
        now = datetime.now(LOCAL_ZONE)
        self.console.print(f"{now:%H:%M:%S}  {line}", markup=False, soft_wrap=True)

    def working_on(self, what: str) -> None:
        """Show what is going on; on a terminal only, where it is overwritten by what follows."""
        if self.status is not None:
            self.status.update(what)

    def show(self, what: RenderableType) -> None:
        """Print a table or text."""
        self.console.print(what)


@contextmanager
def run_output(stream: TextIO | None = None) -> Iterator[RunOutput]:
    """An output for one run, with a moving sign of life on a terminal."""
    found = console(stream)
    if not found.is_terminal:
        yield RunOutput(found)
        return
    with found.status("") as status:
        yield RunOutput(found, status)
