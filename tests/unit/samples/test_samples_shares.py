"""The larger set has every kind of trouble, about as often as it is meant to."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.contracts.datasets import DATASETS
from pipelines.samples.write import SampleSummary

from .conftest import coded, read_rows, tidy

FINISHED = ("result_ready", "delivered", "refused")


def eligible(rows: pl.DataFrame) -> pl.DataFrame:
    out = ("submitted", "refused_intake", "cancelled")
    return rows.filter(
        ~pl.col("status").is_in(out),
        pl.col("received_at").is_not_null(),
        pl.col("deadline_exempt") != "Có",
    )


def test_the_last_extract_lists_every_dossier(last_dossiers: pl.DataFrame) -> None:
    assert last_dossiers["dossier_id"].n_unique() == 20_000
    assert last_dossiers.height == 20_000


def test_extracts_grow_and_repeat_rows(large: SampleSummary) -> None:
    rows = [file.rows for file in large.files if file.source == "dossiers"]
    assert rows == sorted(rows)
    for file in large.files:
        if file.source == "dossiers":
            distinct = read_rows(file.path).unique().height
            assert 0.002 < 1 - distinct / file.rows < 0.008


def test_every_status_and_an_unknown_one_occur(large: SampleSummary) -> None:
    seen: set[str | None] = set()
    unknown = 0
    for file in large.files:
        if file.source == "dossiers":
            rows = read_rows(file.path)
            codes = coded(rows, "dossiers", "status")
            seen |= set(codes)
            unknown += (
                rows.filter(codes.is_null())["status"]
                .map_elements(
                    lambda label: tidy(label) == tidy("Chờ liên thông thuế"),
                    return_dtype=pl.Boolean,
                )
                .sum()
            )
            assert rows["status"].null_count() == 0
    assert seen - {None} == set(DATASETS["dossiers"].column("status").codes)
    assert 1 <= unknown <= 30


def test_missing_deadlines_gather_in_two_units(last_dossiers: pl.DataFrame) -> None:
    rows = eligible(last_dossiers)
    missing = rows.filter(pl.col("due_at").is_null() | (pl.col("due_at") < datetime(1900, 1, 1)))
    assert 0.02 < missing.height / rows.height < 0.04
    by_unit = missing.group_by("unit_id").len().sort("len", descending=True)
    worst = by_unit.drop_nulls().head(2)
    assert set(worst["unit_id"]) == {"000.00.10.H57", "000.00.32.H57"}
    assert worst["len"].sum() > missing.height / 2
    assert {"00/00/0000", "01/01/0001"} <= set(missing["printed_due"].drop_nulls())
    assert missing["printed_due"].null_count() > 0


def test_about_two_percent_are_late_and_the_top_misses_its_target_by_a_hair(
    last_dossiers: pl.DataFrame,
) -> None:
    rows = eligible(last_dossiers).filter(pl.col("due_at") > datetime(1900, 1, 1))
    closed = rows.filter(pl.col("status").is_in(FINISHED), pl.col("completed_at").is_not_null())
    late = closed["completed_at"].dt.date() > closed["due_at"].dt.date()
    assert 0.01 < late.mean() < 0.03
    top = closed["authority"].is_in(["ppc", "chairman"]).fill_null(value=False)
    assert late.filter(top).mean() < late.filter(~top).mean()
    paused = ["paused_supplement", "paused_financial", "suspended"]
    overdue = rows.filter(
        ~pl.col("status").is_in([*FINISHED, "withdrawn", *paused]),
        pl.col("due_at") < datetime(2022, 12, 31),
    )
    assert 0.002 < overdue.height / rows.height < 0.02


def test_the_year_has_its_seasons_and_its_week(last_dossiers: pl.DataFrame) -> None:
    received = last_dossiers["received_at"].drop_nulls()
    months = received.dt.month().value_counts().sort("received_at")["count"]
    assert months[1] < 0.75 * months[2], "Tết"
    weekdays = received.dt.weekday().value_counts(normalize=True)
    saturday = weekdays.filter(pl.col("received_at") == 6)["proportion"].item()
    assert 0.01 < saturday < 0.08
    night = last_dossiers.filter(pl.col("received_at").dt.hour() >= 18)
    assert night.height > 100
    assert set(night["channel"]) == {"online"}
    tet = received.is_between(datetime(2022, 1, 31), datetime(2022, 2, 5))
    assert tet.mean() < 0.005


def test_identifiers_follow_the_pattern(last_dossiers: pl.DataFrame) -> None:
    ids = last_dossiers["dossier_id"]
    assert ids.str.contains(r"^000\.\d{2}\.\d{2}\.H57-22\d{4}-\d{4,}$").all()
    day = ids.str.extract(r"-(\d{6})-").str.to_date("%y%m%d")
    assert (day == last_dossiers["submitted_at"].dt.date()).all()


def test_deadlines_move_with_and_without_reason(large: SampleSummary) -> None:
    instant = pl.col("due_at", "completed_at", "supplement_received_at")
    autumn, winter = (
        read_rows(large.out / "dossiers" / f"ho-so-mot-cua_{name}.csv").unique("dossier_id")
        for name in ("2022-09-30", "2022-12-31")
    )
    before = autumn.with_columns(instant.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False))
    after = winter.with_columns(instant.str.to_datetime("%d/%m/%Y %H:%M", strict=False))
    both = before.join(after, on="dossier_id", suffix="_after")
    moved = both.filter(pl.col("due_at_after") > pl.col("due_at"))
    answered = moved["supplement_received_at_after"].is_not_null()
    assert answered.sum() > 10
    assert (~answered).sum() > 10
    assert both.filter(pl.col("due_at_after") < pl.col("due_at")).height > 0
    lost = both.filter(pl.col("due_at").is_not_null(), pl.col("due_at_after").is_null())
    assert lost.height > 0
    reopened = both.filter(
        pl.col("completed_at").is_not_null(), pl.col("completed_at_after") > pl.col("completed_at")
    )
    assert (
        reopened.height
        + both.filter(
            pl.col("completed_at").is_not_null(), pl.col("completed_at_after").is_null()
        ).height
        > 0
    )
    backdated = both.filter(
        pl.col("completed_at").is_null(), pl.col("completed_at_after") < datetime(2022, 9, 20)
    )
    assert backdated.height > 0


def test_single_faults_are_in_their_files(large: SampleSummary) -> None:
    folder = large.out / "dossiers"
    spring = read_rows(folder / "ho-so-mot-cua_2022-03-31.csv")
    assert (spring["returned_at"] == "31/02/2022 08:00").sum() == 1
    summer = read_rows(folder / "ho-so-mot-cua_2022-06-30.csv.gz").unique()
    assert summer.height - summer["dossier_id"].n_unique() == 1
    winter = read_rows(folder / "ho-so-mot-cua_2022-12-31.csv").unique()
    instants = winter.select(
        pl.col("received_at", "completed_at").str.to_datetime("%d/%m/%Y %H:%M")
    )
    before = instants.filter(pl.col("completed_at").dt.date() < pl.col("received_at").dt.date())
    assert before.height == 2


def test_nothing_else_is_impossible(last_dossiers: pl.DataFrame) -> None:
    begun = last_dossiers.filter(pl.col("completed_at").dt.year() == 2022)
    assert (begun["completed_at"] >= begun["received_at"]).all()
    dated = last_dossiers.select("submitted_at", "received_at", "completed_at", "returned_at")
    assert max(column.max() for column in dated) <= datetime(2022, 12, 31, 23, 59)
    assert (last_dossiers["received_at"] >= last_dossiers["submitted_at"]).all()
    due = last_dossiers.filter(pl.col("due_at") > datetime(1900, 1, 1))
    assert (due["due_at"].dt.date() >= due["received_at"].dt.date()).all()
    unreceived = last_dossiers.filter(pl.col("received_at").is_null())
    assert set(unreceived["status"]) <= {"submitted", "refused_intake"}


def test_corrections_name_dossiers_that_exist(
    large: SampleSummary, last_dossiers: pl.DataFrame
) -> None:
    rows = read_rows(large.out / "deadline_corrections" / "dinh-chinh-han_2022-12-31.csv")
    assert rows.height == 2
    assert rows["case_id"].is_in(last_dossiers["dossier_id"].implode()).all()
