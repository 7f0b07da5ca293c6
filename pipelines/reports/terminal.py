"""Where a command writes: coloured in a terminal's width, or as plain wide lines in a log.

Whatever is written goes through here, so that no name of a file and no value of a cell forges a
line of the log or gives an order to the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.status import Status
from rich.table import Table
from rich.text import Text

from pipelines.printable import lines, one_line
from pipelines.settings import LOCAL_ZONE

LOG_WIDTH = 160
"""Columns of a table that goes to a file or a pipe: wide enough for whole figures and names."""
MIN_WIDTH = 100
"""Below this a table cannot show whole figures; the terminal then wraps its lines."""


class _Console(Console):
    """Passes on its own orders to the terminal, and none that came with a text."""

    def __init__(self, stream: TextIO | None) -> None:
        # Texts mean what they say: "[/b]" or ":key:" in one is no order to the library either.
        super().__init__(file=stream, highlight=False, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=lines(segment.text))


def console(stream: TextIO | None = None) -> Console:
    """A console for standard output, or for another stream."""
    found = _Console(stream)
    found.width = max(found.width, MIN_WIDTH) if found.is_terminal else LOG_WIDTH
    return found


class _Table(Table):
    """Spells what is unfit in a value before the widths of columns are taken from it."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        super().add_row(*map(_fit, cells), **options)


def _fit(cell: RenderableType | None) -> RenderableType | None:
    if isinstance(cell, Text) and (plain := lines(cell.plain)) != cell.plain:
        return Text(plain, cell.style)
    return lines(cell) if isinstance(cell, str) else cell


def plain_table(*headings: str) -> Table:
    """A table without lines, which reads as well in a log; long values are folded."""
    table = _Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
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
        self.console.print(f"{now:%H:%M:%S}  {one_line(line)}", soft_wrap=True)

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
