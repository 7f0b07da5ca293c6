"""How the office of the one-stop system delivers its extracts: dates, formats, single faults.

A file's style and the faults it has as a whole are data here; `dossiers` writes the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipelines.samples.delivery import DAY_FIRST, ISO
from pipelines.samples.faults import Fault, contradiction, ends_before_it_begins, impossible_date

EXTRACT_DATES = (date(2022, 3, 31), date(2022, 6, 30), date(2022, 9, 30), date(2022, 12, 31))


@dataclass(frozen=True)
class Delivery:
    """One extract as its office delivers it.

    Attributes:
        on: The day it shows.
        suffix: How the file name ends.
        dates: How instants are printed.
        yes: How true is printed.
        no: How false is printed; null when an empty cell says it.
        bom: Whether the file begins with a byte order mark.
        shows_owners: Whether the undeclared column with (fictional) names is there.
        faults: The single faults of the file.
    """

    on: date
    suffix: str = ".csv"
    dates: str = DAY_FIRST
    yes: str = "Có"
    no: str | None = "Không"
    bom: bool = True
    shows_owners: bool = False
    faults: tuple[Fault, ...] = ()


_STYLES = (
    Delivery(
        EXTRACT_DATES[0],
        faults=(Fault(0.1, ("completed_at", "returned_at"), impossible_date),),
    ),
    Delivery(
        EXTRACT_DATES[1],
        suffix=".csv.gz",
        bom=False,
        faults=(Fault(0.3, ("completed_at",), contradiction),),
    ),
    Delivery(EXTRACT_DATES[2], dates=ISO, yes="x", no=None, bom=False),
    Delivery(
        EXTRACT_DATES[3],
        shows_owners=True,
        faults=(
            Fault(0.55, ("completed_at",), ends_before_it_begins),
            Fault(0.8, ("completed_at",), ends_before_it_begins),
        ),
    ),
)


def deliveries(extract_dates: Sequence[date]) -> list[Delivery]:
    """How the extract of each date is delivered; the last one in the last style."""
    styles = [_STYLES[-1 - place % len(_STYLES)] for place in range(len(extract_dates))]
    return [replace(style, on=on) for style, on in zip(styles[::-1], extract_dates, strict=True)]
