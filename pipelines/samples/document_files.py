"""The extracts of the document registers: what they show on a day, and the files they come in.

Small registers come as workbooks, large ones as CSV (a worksheet ends at about a million rows).
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.samples.clock import NEVER
from pipelines.samples.delivery import DAY_FIRST, as_text, day, deliver, instant, labelled
from pipelines.samples.dice import Dice
from pipelines.samples.documents import Registry
from pipelines.samples.shares import DocumentShares
from pipelines.samples.workdays import MINUTES, day_number
from pipelines.samples.writers import csv_sink

LARGEST_WORKBOOK = 5_000  # documents
_STEM = "van-ban-den"


def show(received: pl.DataFrame, shares: DocumentShares, seed: int, on: date) -> pl.DataFrame:
    """What the registers show at the end of a day: the canonical columns, typed."""
    end = (day_number(on) + 1) * MINUTES - 1
    shown = received.filter(pl.col("arrived") <= end)
    undated = Dice(seed, shown["index"].to_numpy(), "documents").chance(
        "undated", shares.finished_undated
    )
    is_lead = pl.col("role") == "lead"
    filed = pl.col("fate").is_in(["reference", "no_action"]) & is_lead
    is_filed = filed & (pl.col("filed") <= end)
    sent_on = pl.col("fate").is_in(["forwarded", "returned", "recalled"]) & is_lead
    is_sent_on = sent_on & (pl.col("filed") <= end)
    is_done = ~filed & ~sent_on & (pl.col("done") <= end)
    completed = pl.when(is_filed).then("filed").when(is_done & ~pl.lit(pl.Series(undated)))
    due = pl.when(pl.col("due_moved_from") <= end).then("due_moved").otherwise("due")
    return shown.with_columns(
        register_year=pl.lit(on.year),
        issued_on=day("issued"),
        arrived_at=instant("arrived"),
        due_at=instant(pl.when((pl.col("due") < NEVER) & is_lead).then(due)),
        completed_at=instant(completed.then("done")),
        status=pl.when(is_filed | is_done)
        .then(pl.lit("completed"))
        .when(is_sent_on)
        .then("fate")
        .when(pl.col("arrived") > end - MINUTES)
        .then(pl.lit("waiting"))
        .otherwise(pl.lit("processing")),
        storage=pl.when(is_filed).then("fate").when(is_done & is_lead).then(pl.lit("closed")),
    )


def write_documents(folder: Path, registry: Registry) -> list[tuple[Path, int]]:
    """Write one extract of all registers per date."""
    if registry.documents <= LARGEST_WORKBOOK:
        return _write_workbooks(folder, registry)
    with ExitStack() as stack:
        sinks = [
            stack.enter_context(csv_sink(folder / f"{_STEM}_{on}.csv"))
            for on in registry.extract_dates
        ]
        for received in registry.receive():
            for sink, on in zip(sinks, registry.extract_dates, strict=True):
                shown = show(received, registry.shares, registry.seed, on)
                if not shown.is_empty():
                    sink.append(as_text(labelled(shown, "documents"), DAY_FIRST))
        return [(sink.path, sink.rows) for sink in sinks]


def _write_workbooks(folder: Path, registry: Registry) -> list[tuple[Path, int]]:
    """Arrival and issue are true dates in the sheet; deadline and completion are text."""
    received = pl.concat(registry.receive())
    printed = pl.col("due_at", "completed_at").dt.strftime(DAY_FIRST)
    return [
        deliver(
            folder / f"{_STEM}_{on}.xlsx",
            show(received, registry.shares, registry.seed, on).with_columns(printed),
            "documents",
        )
        for on in registry.extract_dates
    ]
