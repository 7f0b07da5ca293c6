"""The dossier extracts: full lists at several dates, written chunk by chunk in one pass.

A chunk is a run of days; its lives are drawn once and shown at every extract date, so memory is
bounded by the chunk and the work by the rows written. The few faults that a file has as a whole
(repeated rows, a conflicting pair, impossible dates) are added here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.samples.clock import NEVER, Pause
from pipelines.samples.course import run_course
from pipelines.samples.dice import Dice
from pipelines.samples.dossier_deliveries import Delivery, deliveries
from pipelines.samples.dossier_rows import DATASET, Clerk
from pipelines.samples.intake import Fate, plan_chunks, take_in
from pipelines.samples.province import Province
from pipelines.samples.views import view
from pipelines.samples.workdays import MINUTES, day_number
from pipelines.samples.writers import CsvSink, csv_sink

FILE_STEM = "ho-so-mot-cua"
CHUNK_ROWS = 250_000

CORRECTED = 2
"""So many deadlines moved without a reason are put right by `deadline_corrections`."""
_LABEL = {column.name: column.label_vi for column in DATASET.columns}


@dataclass
class Written:
    """What the dossier extracts left behind for the other sources and for the summary.

    Attributes:
        files: Path and number of rows of every file.
        pushed: Some cases whose deadline was moved without a reason, with the right one.
    """

    files: list[tuple[Path, int]] = field(default_factory=list)
    pushed: list[tuple[str, int]] = field(default_factory=list)


def write_dossiers(
    folder: Path,
    clerk: Clerk,
    extract_dates: Sequence[date],
    progress: Callable[[str], None],
) -> Written:
    """Write one full extract per date; the last one lists every dossier."""
    planned = deliveries(extract_dates)
    written = Written()
    with ExitStack() as stack:
        sinks = [
            stack.enter_context(
                csv_sink(folder / f"{FILE_STEM}_{each.on}{each.suffix}", bom=each.bom)
            )
            for each in planned
        ]
        for lives in draw_lives(clerk, extract_dates):
            for sink, delivery in zip(sinks, planned, strict=True):
                _append(sink, clerk, lives, delivery)
            written.pushed.extend(_pushed(lives).head(CORRECTED - len(written.pushed)).rows())
            progress(f"dossiers: {sinks[-1].rows:,} rows")
    written.files = [(sink.path, sink.rows) for sink in sinks]
    return written


def draw_lives(
    clerk: Clerk, extract_dates: Sequence[date], since: int = 0
) -> Iterator[pl.DataFrame]:
    """The lives of the dossiers, chunk by chunk, in the order of their submission.

    Args:
        clerk: Who writes them, and so how many there are and from which seed.
        extract_dates: When extracts are taken: what is rewritten in between depends on it.
        since: Chunks that lie wholly before this row are left out.
    """
    days = np.array([day_number(on) for on in extract_dates], dtype=np.int64)
    chunks = plan_chunks(clerk.province, clerk.dossiers, clerk.seed, extract_dates[-1], CHUNK_ROWS)
    for index, day in chunks:
        if index.size == 0 or index[-1] < since:
            continue
        intake = take_in(clerk.province, clerk.shares, Dice(clerk.seed, index, "dossiers"), day)
        lives = run_course(clerk.province, clerk.shares, intake, days)
        yield _number(clerk.province, lives)


def _number(province: Province, lives: pl.DataFrame) -> pl.DataFrame:
    """Give each dossier its identifier: unit, day of submission, number within both."""
    unit_ids = province.units["unit_id"]
    day = pl.col("submitted") // MINUTES
    ordered = lives.sort("submitted", "index")
    return ordered.with_columns(
        dossier_id=pl.concat_str(
            pl.lit(unit_ids.gather(ordered["unit"])),
            day.cast(pl.Int32).cast(pl.Date).dt.strftime("%y%m%d"),
            pl.col("index").cum_count().over("unit", day).cast(pl.String).str.zfill(4),
            separator="-",
        )
    )


def _pushed(lives: pl.DataFrame) -> pl.DataFrame:
    """Cases that are late only because a later deadline carries no reason."""
    found = lives.filter(
        (pl.col("fate") == Fate.ORDINARY)
        & (pl.col("pause") == Pause.NONE)
        & (pl.col("due_moved") < NEVER)
        & pl.col("done").is_between("due", "due_moved", closed="right")
    )
    return found.select("dossier_id", "due_moved")


def _append(sink: CsvSink, clerk: Clerk, lives: pl.DataFrame, delivery: Delivery) -> None:
    shown = view(lives, day_number(delivery.on))
    rows = clerk.write(shown, delivery)
    dice = Dice(clerk.seed, shown["index"].to_numpy(), f"repeats {delivery.on}")
    repeated = rows.filter(pl.Series(dice.chance("repeated", clerk.shares.repeated_row)))
    spoiled = _spoil(rows, shown["index"], clerk.dossiers, delivery)
    sink.append(pl.concat([spoiled, repeated]))


def _spoil(rows: pl.DataFrame, index: pl.Series, dossiers: int, delivery: Delivery) -> pl.DataFrame:
    """Add the single faults of the file, each to the first fit dossier from its place on."""
    for fault in delivery.faults:
        target = int(fault.place * dossiers)
        if not ((index <= target).any() and (index >= target).any()):
            continue
        fit = (index >= target) & rows.select(
            pl.all_horizontal(pl.col(_LABEL[name]).is_not_null() for name in fault.needs)
        ).to_series()
        rows = fault.apply(rows, fit & (fit.cum_sum() == 1))
    return rows
