"""Directives, tasks, documents and the small registers tell what they are meant to tell."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from pipelines.contracts.datasets import DATASETS
from pipelines.samples.write import SampleSummary

from .conftest import coded, read_rows

DAY_FIRST = "%d/%m/%Y %H:%M"
YEAR_END = datetime(2022, 12, 31)


@pytest.fixture(scope="module")
def directives(small: SampleSummary) -> pl.DataFrame:
    rows = read_rows(small.out / "directives" / "y-kien-chi-dao_2022-12-31.csv")
    instants = [c.name for c in DATASETS["directives"].columns if c.type == "instant"]
    units = read_rows(small.out / "units" / "don-vi_2022-12-31.csv").filter(is_office="Có")
    names = [*units["unit_id"], *(a for each in units["aliases"] for a in each.split(";"))]
    return rows.with_columns(
        pl.col(instants).str.to_datetime(DAY_FIRST),
        coded(rows, "directives", "status").alias("status"),
        coded(rows, "directives", "issuer").alias("issuer"),
        to_office=pl.col("unit_id").is_in(names),
    ).with_columns(
        due=pl.when(pl.col("extension_approved_at") <= pl.col("due_at"))
        .then("extended_due_at")
        .otherwise("due_at")
    )


def decided(directives: pl.DataFrame) -> tuple[int, int, int]:
    """Completed on time, completed at all, decided; as objectives 3 and 4 count them."""
    live = directives.filter(
        ~pl.col("status").is_in(["withdrawn", "standing"]), pl.col("due").is_not_null()
    )
    done = live.filter(pl.col("completed_at").is_not_null())
    on_time = done.filter(pl.col("completed_at").dt.date() <= pl.col("due").dt.date())
    overdue = live.filter(pl.col("status") == "in_progress", pl.col("due") < YEAR_END)
    return on_time.height, done.height, done.height + overdue.height


def test_directives_are_unique_and_some_have_two_leads(directives: pl.DataFrame) -> None:
    assert directives.select("directive_id", "unit_id").n_unique() == directives.height
    assert directives["directive_id"].n_unique() < directives.height


def test_objective_3_is_completed_above_ninety_percent(directives: pl.DataFrame) -> None:
    _, done, every = decided(directives)
    assert 100 * done > 90 * every


def test_objective_4_is_on_time_at_exactly_ninety_percent(directives: pl.DataFrame) -> None:
    office = directives.filter("to_office", pl.col("issuer").is_in(["ppc", "chairman"]))
    on_time, _, every = decided(office)
    assert (on_time, every) == (27, 30)


def test_tracking_has_gaps_only_outside_the_office(directives: pl.DataFrame) -> None:
    running = directives.filter(pl.col("status") == "in_progress", pl.col("due").is_not_null())
    untracked = running.filter(pl.col("last_tracked_at").is_null())
    unurged = running.filter(pl.col("due") < YEAR_END, pl.col("last_urged_at").is_null())
    assert (untracked.height, unurged.height) == (2, 1)
    ours = pl.col("to_office") & pl.col("issuer").is_in(["ppc", "chairman"])
    assert pl.concat([untracked, unurged]).filter(ours).is_empty()


def test_earlier_extracts_know_only_what_had_happened(small: SampleSummary) -> None:
    for on in (date(2022, 3, 31), date(2022, 6, 30), date(2022, 9, 30)):
        rows = read_rows(small.out / "directives" / f"y-kien-chi-dao_{on}.csv")
        events = rows.select(
            pl.col("assigned_at", "completed_at", "last_tracked_at", "last_urged_at")
            .str.to_datetime(DAY_FIRST)
            .dt.date()
            .max()
        )
        assert max(events.row(0)) <= on


def test_programme_has_forty_tasks_and_two_gaps(small: SampleSummary) -> None:
    path = small.out / "programme_tasks" / "chuong-trinh-cong-tac_2022-12-31.json"
    columns = {c.label_vi: c.name for c in DATASETS["programme_tasks"].columns}
    rows = pl.read_json(path, infer_schema_length=None).rename(columns)
    instants = pl.col("due_at", "last_urged_at", "last_tracked_at").str.to_datetime()
    active = rows.filter(pl.col("removed_at").is_null()).with_columns(instants)
    assert active.height == 40
    assert active["last_tracked_at"].null_count() == 1
    overdue = active.filter(pl.col("completed_at").is_null(), pl.col("due_at") < YEAR_END)
    assert overdue["last_urged_at"].null_count() == 1


def test_documents_number_each_register_from_one(small: SampleSummary) -> None:
    columns = {c.label_vi: c.name for c in DATASETS["documents"].columns}
    rows = pl.read_excel(small.out / "documents" / "van-ban-den_2022-12-31.xlsx").rename(columns)
    key = [c.name for c in DATASETS["documents"].columns if c.is_key]
    assert rows.select(key).n_unique() == rows.height
    registers = rows.group_by("register_book", "office_id").agg(
        pl.col("arrival_no").cast(pl.Int64).unique().sort()
    )
    assert registers.height == 4
    assert all(
        list(numbers) == list(range(1, len(numbers) + 1)) for numbers in registers["arrival_no"]
    )
    leads = rows.filter(coded(rows, "documents", "role") == "lead")
    assert leads.height > leads.select(key[:-1]).n_unique(), "several leads"
    assert set(coded(rows, "documents", "storage")) == {"closed", "reference", "no_action", None}
    assert rows.schema["arrived_at"] == pl.Datetime("ms")
    assert rows.schema["due_at"] == pl.String


def test_one_report_of_one_unit_is_late(small: SampleSummary) -> None:
    rows = read_rows(small.out / "unit_reports" / "bao-cao-dinh-ky_2022-12-31.csv").with_columns(
        pl.col("due_at", "submitted_at").str.to_datetime(DAY_FIRST)
    )
    late = rows.filter(pl.col("submitted_at").dt.date() > pl.col("due_at").dt.date())
    assert (rows.height, rows["unit_id"].n_unique(), late.height) == (128, 8, 1)


def test_initiatives_milestones_and_regulations(small: SampleSummary) -> None:
    initiatives = pl.read_ndjson(small.out / "initiatives" / "sang-kien_2022-12-31.ndjson")
    recognised = initiatives.filter(
        pl.col("Kết quả") == "Công nhận", pl.col("Ngày áp dụng").is_not_null()
    )
    assert recognised["Mã sáng kiến"].n_unique() == 8
    milestones = read_rows(small.out / "qms_milestones" / "moc-htqlcl.csv")
    kinds = set(DATASETS["qms_milestones"].column("kind").codes)
    assert set(coded(milestones, "qms_milestones", "kind")) == kinds
    assert milestones["completed_at"].null_count() == 0
    regulations = pl.read_excel(small.out / "regulations" / "quy-che_2022-12-31.xlsx")
    assert regulations.height == 26
    assert (regulations["Kết quả rà soát"] == "Đang sửa đổi").sum() == 1


def test_procedures_change_their_level_in_august(small: SampleSummary) -> None:
    rows = pl.read_parquet(small.out / "procedures" / "thu-tuc_2022-12-31.parquet").rename(
        {c.label_vi: c.name for c in DATASETS["procedures"].columns}
    )
    assert rows["procedure_id"].str.ends_with("0").any()
    pairs = rows.filter(pl.len().over("procedure_id") == 2).sort("valid_from", nulls_last=False)
    old, new = (
        pairs.filter(pl.col("valid_from").is_null()),
        pairs.filter(pl.col("valid_from") == date(2022, 8, 15)),
    )
    assert old.height == new.height == 3
    assert set(old["valid_to"]) == {date(2022, 8, 14)}
    assert set(new["service_level"]) == {"Một phần", "Toàn trình"}
    assert "Mức độ 2" in set(old["service_level"]), "one really changes"


def test_outside_totals_are_about_four_percent_of_the_top(small: SampleSummary) -> None:
    folder = small.out / "dossiers_outside_system"
    rows = read_rows(folder / "ho-so-ngoai-he-thong_2022-12-31.csv").with_columns(
        pl.col("dossiers_outside").cast(pl.Int64)
    )
    assert rows.select("unit_id", "month").n_unique() == rows.height
    office = rows.filter(pl.col("unit_id").str.ends_with(".01.H57"))["dossiers_outside"].sum()
    assert office == round(small.dossiers * 0.2 * 0.035)
