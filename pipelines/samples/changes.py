"""A small extract of what changed in a set that exists already: a nightly delivery.

Meant for measuring what a run with few changes costs; `write` makes the set itself. The contract
that reads such an extract says `mode: changes`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.errors import ConfigurationError
from pipelines.samples.clock import NEVER
from pipelines.samples.dossier_deliveries import EXTRACT_DATES, Delivery
from pipelines.samples.dossier_rows import Clerk
from pipelines.samples.dossiers import FILE_STEM, draw_lives
from pipelines.samples.province import load_province
from pipelines.samples.shares import DossierShares
from pipelines.samples.views import view
from pipelines.samples.workdays import MINUTES, day_number
from pipelines.samples.writers import write_csv

_SPARE = 2  # so many of the newest are looked at for each wanted, since not all can change


def write_changes(out: Path, *, dossiers: int, changed: int, seed: int, on: date) -> Path:
    """Write the newest dossiers of a set anew, each with another state than before.

    What was open is finished on the day, what was finished is collected on it.

    Args:
        out: The folder that `write_samples` filled.
        dossiers: Size of the set, as given to `write_samples`.
        changed: How many dossiers changed; at most about nine tenths of `dossiers`.
        seed: Seed of the set.
        on: The day of the extract, after the last one of the set and within a year of it.

    Returns:
        The file written.

    Raises:
        ConfigurationError: The day is not after the last extract, or too few dossiers can change.
    """
    last = EXTRACT_DATES[-1]
    if not last < on <= last.replace(year=last.year + 1):
        raise ConfigurationError(
            f"Changes on {on} do not follow {last}: give a day of the year after."
        )
    clerk = Clerk(load_province(dossiers), DossierShares(), dossiers, seed)
    since = max(0, dossiers - _SPARE * changed)
    movable = pl.concat([_movable(lives) for lives in draw_lives(clerk, EXTRACT_DATES, since)])
    if movable.height < changed:
        raise ConfigurationError(
            f"Only {movable.height:,} of the newest dossiers can change, not {changed:,}: "
            f"ask for fewer changes or make a larger set."
        )
    delivery = Delivery(on)
    # Somebody typed the dates of all of these today.
    diligent = replace(clerk, shares=replace(clerk.shares, finished_undated=0.0))
    rows = diligent.write(view(_move(movable.tail(changed), on), day_number(on)), delivery)
    path = out / "dossiers" / f"{FILE_STEM}_{on}{delivery.suffix}"
    write_csv(path, rows, bom=delivery.bom)
    return path


def _movable(lives: pl.DataFrame) -> pl.DataFrame:
    """Dossiers in hand: not turned away, not cancelled."""
    return lives.filter((pl.col("turned_away") == NEVER) & (pl.col("cancelled") == NEVER))


def _move(lives: pl.DataFrame, on: date) -> pl.DataFrame:
    """Finish what is open and hand over what is finished, in the morning of the day."""
    opening = day_number(on) * MINUTES + 8 * 60
    is_open = pl.col("done_from") > opening
    finished = pl.when(is_open).then(pl.lit(opening))
    return lives.with_columns(
        received=pl.min_horizontal("received", pl.lit(opening)),
        done=finished.otherwise("done"),
        done_from=finished.otherwise("done_from"),
        reopened=pl.lit(NEVER),
        done_again=pl.lit(NEVER),
        returned=pl.lit(opening + 90),
    )
