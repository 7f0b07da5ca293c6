"""What the one-stop system shows on a given day: canonical columns, codes and instants.

One expression per column over the lives of `course`; nothing here knows how a file is written.
"""

from __future__ import annotations

import polars as pl

from pipelines.contracts.datasets import DOSSIER_STATUS
from pipelines.samples.clock import Pause
from pipelines.samples.course import Ending, Missing
from pipelines.samples.workdays import MINUTES

STATUSES = tuple(DOSSIER_STATUS)

_ACCEPTED_FOR = MINUTES  # a day after its receipt a dossier is being processed
_NOTHING = pl.lit(None, dtype=pl.Int64)


def view(lives: pl.DataFrame, day: int) -> pl.DataFrame:
    """The dossiers as the system shows them at the end of `day`.

    Args:
        lives: Rows of `course.run_course`, with any further columns, which are kept.
        day: Day number of the extract.

    Returns:
        One row per dossier handed in by then: the instants of the dataset in minutes, `status` as
        a position in `STATUSES`, and the columns of `lives` that do not change.
    """
    end = (day + 1) * MINUTES - 1
    handed_in = lives.filter(pl.col("submitted") <= end)
    done = handed_in.with_columns(closed_at=_closed(end))
    return done.with_columns(
        status=_status(end),
        received_at=_known("received", end),
        due_at=_deadline(end),
        completed_at=pl.col("closed_at"),
        returned_at=pl.when(pl.col("closed_at").is_not_null()).then(_known("returned", end)),
        **_supplement(end),
        apology_sent_at=_known("apology_sent", end),
        apology_due_at=pl.when(pl.col("apology_sent") <= end).then("apology_due"),
    )


def _known(column: str, end: int) -> pl.Expr:
    """The instant, if it has come."""
    return pl.when(pl.col(column) <= end).then(column)


def _closed(end: int) -> pl.Expr:
    """When the dossier ended, as far as the system says so."""
    return (
        pl.when(pl.min_horizontal("turned_away", "cancelled") <= end)
        .then(_NOTHING)
        .when(pl.col("done_again") <= end)
        .then("done_again")
        .when(pl.col("reopened") <= end)
        .then(_NOTHING)
        .when(pl.col("done_from") <= end)
        .then("done")
    )


def _deadline(end: int) -> pl.Expr:
    """The appointment as shown now: sources overwrite it in place."""
    return (
        pl.when(
            (pl.col("length") == 0)
            | (pl.col("missing") != Missing.NOT)
            | (pl.col("received") > end)
            | (pl.col("due_lost_from") <= end)
        )
        .then(_NOTHING)
        .when(pl.col("due_moved_from") <= end)
        .then("due_moved")
        .otherwise("due")
    )


def _status(end: int) -> pl.Expr:
    finished = (
        pl.when(pl.col("ending") == Ending.WITHDRAWN)
        .then(_code("withdrawn"))
        .when(pl.col("ending") == Ending.REFUSED)
        .then(_code("refused"))
        .when(pl.col("returned") <= end)
        .then(_code("delivered"))
        .otherwise(_code("result_ready"))
    )
    running = (
        pl.when((pl.col("asked") > end) | (pl.col("answered") <= end))
        .then(_code("processing"))
        .when(pl.col("pause") == Pause.SUPPLEMENT)
        .then(_code("paused_supplement"))
        .when(pl.col("pause") == Pause.FINANCIAL)
        .then(_code("paused_financial"))
        .otherwise(_code("suspended"))
    )
    fresh = pl.col("received") > end - _ACCEPTED_FOR
    return (
        pl.when(pl.col("cancelled") <= end)
        .then(_code("cancelled"))
        .when(pl.col("turned_away") <= end)
        .then(_code("refused_intake"))
        .when(pl.col("closed_at").is_not_null())
        .then(finished)
        .when(pl.col("received") > end)
        .then(_code("submitted"))
        .when(fresh)
        .then(_code("accepted"))
        .otherwise(running)
    )


def _supplement(end: int) -> dict[str, pl.Expr]:
    asked = (pl.col("pause") == Pause.SUPPLEMENT) & (pl.col("asked") <= end)
    return {
        "supplement_requested_at": pl.when(asked).then("asked"),
        "supplement_received_at": pl.when(asked & (pl.col("answered") <= end)).then("answered"),
        "supplement_count": pl.when(asked).then("rounds"),
    }


def _code(status: str) -> pl.Expr:
    return pl.lit(STATUSES.index(status), dtype=pl.Int64)
