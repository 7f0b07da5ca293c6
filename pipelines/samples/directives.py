"""Directives of the Government, the Prime Minister and the UBND, and the tasks of the programme.

One row per task and lead unit, four quarterly extracts. The office gets the directives that
objective 4 counts; departments and districts the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.samples import assignments
from pipelines.samples.delivery import ISO, deliver, instant
from pipelines.samples.dice import Dice, Ints, ordinals
from pipelines.samples.province import Province
from pipelines.samples.workdays import day_number

FEWEST_DIRECTIVES = 120
DOSSIERS_PER_DIRECTIVE = 200
MOST_DIRECTIVES = 10_000
"""A province is given some thousand tasks a year, however many dossiers it handles."""

# Of 40 directives of the UBND to its office: 27 of the 30 decided ones on time, exactly the 90%
# of objective 4; one more is finished without a date, so that the verdict hangs on it.
_TO_THE_OFFICE = {
    "on_time": 24,
    "extended": 3,
    "late": 1,
    "extended_late": 1,
    "overdue": 1,
    "not_due": 4,
    "no_deadline": 3,
    "standing": 1,
    "withdrawn": 1,
    "undated": 1,
}
# Of 80 others: most done, late or not, so that objective 3 is met; one never urged and two never
# tracked, so that its first part is not.
_TO_OTHERS = {
    "on_time": 44,
    "extended": 2,
    "late": 8,
    "extended_late": 2,
    "overdue": 2,
    "overdue_unurged": 1,
    "not_due": 8,
    "not_due_untracked": 2,
    "no_deadline": 5,
    "standing": 3,
    "withdrawn": 2,
    "undated": 1,
}
# Of 42 tasks two leave the programme; of the 40 others one was never tracked, one never urged.
_TASKS = {
    "on_time": 22,
    "late": 3,
    "not_due": 12,
    "not_due_untracked": 1,
    "overdue": 1,
    "overdue_unurged": 1,
    "removed": 2,
}
_OFFICE_EVERY = 3
_SHARED_EVERY = 12  # every so many rows, the last two are one task of two lead units
_BY_ALIAS = 0.04
_ISSUERS = ("government", "prime_minister", "ppc", "chairman")
_SYMBOLS = ("NQ-CP", "CĐ-TTg", "UBND-TH", "TB-UBND")
_OFFICE_WEIGHTS = (0, 0, 60, 40)
_OTHER_WEIGHTS = (25, 25, 30, 20)


def write_directives(
    folder: Path, province: Province, dossiers: int, seed: int, extract_dates: Sequence[date]
) -> list[tuple[Path, int]]:
    """Write one extract of all directives per date."""
    count = min(max(FEWEST_DIRECTIVES, dossiers // DOSSIERS_PER_DIRECTIVE), MOST_DIRECTIVES)
    planned = _plan_directives(province, Dice(seed, ordinals(count), "directives"))
    return [
        deliver(
            folder / f"y-kien-chi-dao_{on}.csv",
            _show_directives(planned, seed, on),
            "directives",
            separator=";",
        )
        for on in extract_dates
    ]


def _plan_directives(province: Province, dice: Dice) -> pl.DataFrame:
    to_office = dice.index % _OFFICE_EVERY == 0
    scenario = np.empty(len(dice.index), dtype=object)
    for flags, scenarios in ((to_office, _TO_THE_OFFICE), (~to_office, _TO_OTHERS)):
        part = Dice(dice.seed, dice.index[flags], dice.realm)
        scenario[flags] = assignments.deal(part, scenarios).to_numpy()
    days = assignments.assigned_days(province, len(dice.index))
    planned = assignments.plan(province, dice, pl.Series(scenario, dtype=pl.String), days)
    return planned.with_columns(_what_and_who(province, dice, to_office))


def _what_and_who(province: Province, dice: Dice, to_office: Ints) -> list[pl.Series]:
    shared = dice.index % _SHARED_EVERY == _SHARED_EVERY - 1
    task = Dice(dice.seed, dice.index - shared, "directive tasks")
    issuer = np.where(
        to_office, task.pick("issuer", _OFFICE_WEIGHTS), task.pick("issuer", _OTHER_WEIGHTS)
    )
    number = pl.Series(task.index + 1).cast(pl.String)
    topics = pl.Series(province.texts["topics"])
    unit = np.where(to_office, _choose(dice, province.office_units), _choose_other(province, dice))
    return [
        ("NV-2022-" + number.str.zfill(4)).alias("directive_id"),
        _unit_text(province, dice, unit).alias("unit_id"),
        pl.Series(_ISSUERS).gather(pl.Series(issuer)).alias("issuer"),
        (number + "/" + pl.Series(_SYMBOLS).gather(pl.Series(issuer))).alias("symbol"),
        ("Báo cáo về " + topics.gather(pl.Series(task.whole("topic", 0, len(topics) - 1)))).alias(
            "content"
        ),
    ]


def _choose(dice: Dice, positions: Ints) -> Ints:
    chosen: Ints = positions[dice.whole("lead unit", 0, len(positions) - 1)]
    return chosen


def _choose_other(province: Province, dice: Dice) -> Ints:
    """Departments and districts; the two leads of a shared task differ by their row numbers."""
    positions = np.concatenate([province.departments, province.districts])
    first = dice.whole("lead unit", 0, len(positions) // 2 - 1)
    chosen: Ints = positions[2 * first + dice.index % 2]
    return chosen


def _unit_text(province: Province, dice: Dice, unit: Ints) -> pl.Series:
    """Mostly the identifier; now and then an alias, as typed by hand."""
    texts = pl.concat([province.units["unit_id"], province.units["alias"]])
    by_alias = dice.chance("lead by alias", _BY_ALIAS)
    return texts.gather(pl.Series(unit + by_alias * province.units.height))


def _show_directives(planned: pl.DataFrame, seed: int, on: date) -> pl.DataFrame:
    shown = assignments.view(planned, seed, day_number(on))
    return shown.with_columns(
        assigned_at=instant("assigned"),
        status=pl.when(pl.col("scenario") == "standing")
        .then(pl.lit("standing"))
        .when("is_dropped")
        .then(pl.lit("withdrawn"))
        .when("is_done")
        .then(pl.lit("completed"))
        .otherwise(pl.lit("in_progress")),
    )


def write_tasks(
    folder: Path, province: Province, seed: int, extract_dates: Sequence[date]
) -> list[tuple[Path, int]]:
    """Write one extract of the work programme per date."""
    dice = Dice(seed, ordinals(sum(_TASKS.values())), "tasks")
    days = assignments.assigned_days(province, len(dice.index))
    planned = assignments.plan(province, dice, assignments.deal(dice, _TASKS), days)
    planned = planned.with_columns(_tasks(province, dice))
    return [
        deliver(
            folder / f"chuong-trinh-cong-tac_{on}.json",
            _show_tasks(planned, seed, on),
            "programme_tasks",
            dates=ISO,
        )
        for on in extract_dates
    ]


def _tasks(province: Province, dice: Dice) -> list[pl.Series]:
    kinds, topics = pl.Series(province.texts["task_kinds"]), pl.Series(province.texts["topics"])
    kind = kinds.gather(pl.Series(dice.whole("kind", 0, len(kinds) - 1)))
    topic = topics.gather(pl.Series(dice.whole("topic", 0, len(topics) - 1)))
    number = pl.Series(dice.index + 1).cast(pl.String).str.zfill(2)
    leads = np.concatenate([province.office_units, province.departments])
    return [
        ("CTCT-2022-" + number).alias("task_id"),
        kind.alias("kind"),
        (kind + " " + topic).alias("title"),
        province.units["unit_id"].gather(pl.Series(_choose(dice, leads))).alias("unit_id"),
    ]


def _show_tasks(planned: pl.DataFrame, seed: int, on: date) -> pl.DataFrame:
    shown = assignments.view(planned, seed, day_number(on))
    return shown.with_columns(
        programme_year=pl.lit(on.year),
        added_at=instant("assigned"),
        removed_at=instant(pl.when("is_dropped").then("dropped")),
    )
