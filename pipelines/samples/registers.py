"""The small registers: reports, regulations, initiatives, milestones, control totals, master data.

What they tell is fixed, whatever the seed: the rows lie in `data/` or follow from the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.contracts.datasets import DATASETS
from pipelines.samples.delivery import DAY_FIRST_DAYS, ISO_DAYS, deliver, instant, with_manifest
from pipelines.samples.dice import Dice, ordinals
from pipelines.samples.province import DATA, LEVELS_RENAMED_ON, Province
from pipelines.samples.workdays import MINUTES

_YEAR = 2022
_MONTHS = range(1, 13)
_REPORT_DAY = 25
_LATE_UNIT, _LATE_PERIOD = 3, "2022-05"  # one unit, one report, one day late
_TOP_SHARE = 0.2  # of all dossiers: finished ones under the UBND and its chairman
_OUTSIDE_TOP = 0.035  # of those, as many again were handled outside the system
_OUTSIDE_ELSEWHERE = 0.02  # of all dossiers, in departments and districts
_RELABELLED = {"level_3": "Một phần", "level_4": "Toàn trình"}


def write_regulations(folder: Path, on: date) -> tuple[Path, int]:
    """25 in force, one of them not reviewed to the end; one more was repealed the year before."""
    return deliver(folder / f"quy-che_{on}.xlsx", _fixed("regulations"), "regulations")


def write_milestones(folder: Path, on: date) -> tuple[Path, int]:
    """All five kinds, all done; the name of the file has no date, its manifest has."""
    written = deliver(
        folder / "moc-htqlcl.csv", _fixed("qms_milestones"), "qms_milestones", dates=DAY_FIRST_DAYS
    )
    return with_manifest(written, on)


def write_initiatives(folder: Path, province: Province, on: date) -> tuple[Path, int]:
    """Eight recognised and applied, one of them listed twice; others short of something."""
    units = province.units["unit_id"].gather(pl.Series(province.office_units))
    rows = _fixed("initiatives").with_columns(unit_id=pl.lit(units).gather(pl.col("unit") - 1))
    return deliver(folder / f"sang-kien_{on}.ndjson", rows, "initiatives", dates=ISO_DAYS)


def _fixed(dataset: str) -> pl.DataFrame:
    """The rows of a register as they lie in `data/`, typed."""
    instants = [column.name for column in DATASETS[dataset].columns if column.type == "instant"]
    rows = pl.read_csv(DATA / f"{dataset}.csv", schema_overrides=dict.fromkeys(instants, pl.String))
    return rows.with_columns(pl.col(instants).str.to_datetime("%Y-%m-%d", time_unit="us"))


def write_reports(folder: Path, province: Province, seed: int, on: date) -> tuple[Path, int]:
    """Twelve monthly reports and four quarterly programmes of each unit below the office."""
    products = [("Báo cáo tháng", f"{_YEAR}-{month:02}", month) for month in _MONTHS]
    products += [
        ("Chương trình công tác quý", f"{_YEAR}-Q{quarter}", 3 * quarter - 2)
        for quarter in range(1, 5)
    ]
    obligations = pl.DataFrame(products, schema=["product", "period", "month"], orient="row")
    units = pl.DataFrame(
        {"unit_id": province.units["unit_id"].gather(pl.Series(province.office_units))}
    ).with_row_index("unit")
    rows = units.join(obligations, how="cross", maintain_order="left_right")
    handed_in = _hand_in(rows, province, seed)
    return deliver(folder / f"bao-cao-dinh-ky_{on}.csv", handed_in, "unit_reports")


def _hand_in(rows: pl.DataFrame, province: Province, seed: int) -> pl.DataFrame:
    dice = Dice(seed, ordinals(rows.height), "reports")
    planned = rows.select(pl.date(_YEAR, "month", _REPORT_DAY).cast(pl.Int32).cast(pl.Int64))
    due_day = province.workdays.roll(planned.to_series().to_numpy())
    late = (rows["unit"] == _LATE_UNIT) & (rows["period"] == _LATE_PERIOD)
    shift = np.where(late.to_numpy(), 1, -dice.whole("early", 1, 4))
    submitted = province.workdays.add(due_day, shift) * MINUTES + dice.whole("minute", 480, 1000)
    return rows.with_columns(
        due_at=instant(pl.lit(pl.Series(due_day * MINUTES + 17 * 60))),
        submitted_at=instant(pl.lit(pl.Series(submitted))),
        submitted_online=pl.lit(True),
        accepted=pl.lit(True),
    )


def write_outside_totals(
    folder: Path, province: Province, dossiers: int, on: date
) -> tuple[Path, int]:
    """What was handled on paper or in other systems, by unit and month."""
    top = province.office_units[-3:]  # those that handle dossiers themselves
    elsewhere = np.concatenate([province.departments[:3], province.districts[:5]])
    parts = [
        _spread(province, top, round(dossiers * _TOP_SHARE * _OUTSIDE_TOP)),
        _spread(province, elsewhere, round(dossiers * _OUTSIDE_ELSEWHERE)),
    ]
    path = folder / f"ho-so-ngoai-he-thong_{on}.csv"
    return deliver(path, pl.concat(parts), "dossiers_outside_system")


def _spread(province: Province, units: Sequence[int] | np.ndarray, total: int) -> pl.DataFrame:
    """Spread a total evenly over units and months, to the last one."""
    months = pl.DataFrame({"month": [f"{_YEAR}-{month:02}" for month in _MONTHS]})
    ids = pl.DataFrame({"unit_id": province.units["unit_id"].gather(pl.Series(units))})
    cells = months.join(ids, how="cross", maintain_order="left_right")
    until = pl.int_range(1, pl.len() + 1) * total // pl.len()
    return cells.with_columns(dossiers_outside=until.diff().fill_null(until.first()))


def write_corrections(
    folder: Path, pushed: Sequence[tuple[str, int]], on: date
) -> tuple[Path, int]:
    """Deadlines that a reviewed document puts right."""
    rows = pl.DataFrame(pushed, schema={"case_id": pl.String, "due": pl.Int64}, orient="row")
    corrections = rows.with_row_index("number", offset=11).with_columns(
        dataset=pl.lit("dossiers"),
        due_at=instant("due"),
        document_no=pl.format("{}/VP-KSTT", "number"),
    )
    return deliver(folder / f"dinh-chinh-han_{on}.csv", corrections, "deadline_corrections")


def write_units(folder: Path, province: Province, on: date) -> tuple[Path, int]:
    """All units, the commune that was merged and its successor included."""
    return deliver(folder / f"don-vi_{on}.csv", province.units, "units")


def write_procedures(folder: Path, province: Province, on: date) -> tuple[Path, int]:
    """All procedures; those relabelled or changed in August have a row before and one after."""
    table = province.procedures.select(
        "procedure_id",
        "procedure_name",
        "field",
        "authority",
        "service_level",
        "later_level",
        processing_days="days",
        processing_unit="unit",
    )
    nothing = pl.lit(None, dtype=pl.Date)
    changed = pl.col("later_level").is_not_null()
    before = table.with_columns(
        valid_from=nothing,
        valid_to=pl.when(changed).then(pl.lit(LEVELS_RENAMED_ON).dt.offset_by("-1d")),
    )
    after = table.filter(changed).with_columns(
        service_level=pl.col("later_level").replace(_RELABELLED),
        valid_from=pl.lit(LEVELS_RENAMED_ON),
        valid_to=nothing,
    )
    rows = pl.concat([before, after]).sort("procedure_id", "valid_from", nulls_last=False)
    return deliver(folder / f"thu-tuc_{on}.parquet", rows, "procedures")
