"""The main job on a tiny landing, one warehouse for all: the nights of an office, in order.

Published; nothing new; restated; published from the UI and nothing new after that; reports in the
way of something; blocked; rolled back.
"""

from __future__ import annotations

import io
import json
import shutil
from datetime import date, datetime

import dagster as dg
import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.defs.instance import open_instance
from pipelines.defs.jobs import NIGHTLY
from pipelines.defs.keys import WAREHOUSE
from pipelines.defs.resources import using
from pipelines.nightly import NOT_PUBLISHED, PUBLISHED, PUBLISHED_WITH_REJECTIONS, run_nightly
from pipelines.reports.periods import parse_period
from pipelines.reports.terminal import run_output
from pipelines.reports.write import write_reports
from pipelines.settings import LOCAL_ZONE, Settings
from tests.support.pages import PageFile, squeezed, vietnamese

NIGHT = date(2022, 4, 1)
EXTRACT = """\
Mã hồ sơ,Mã đơn vị,Cấp thẩm quyền,Ngày tiếp nhận,Ngày hẹn trả,Ngày có kết quả,Trạng thái
HS-1,vp,UBND tỉnh,03/01/2022,10/01/2022,10/01/2022,Đã trả kết quả
HS-2,vp,UBND tỉnh,03/01/2022,10/01/2022,11/01/2022,Đã trả kết quả
HS-3,vp,UBND tỉnh,03/01/2022,10/01/2022,,Trạng thái lạ
"""
# HS-2 turns out to have been finished in time; entered after the month had been published.
MENDED = """\
Mã hồ sơ,Mã đơn vị,Cấp thẩm quyền,Ngày tiếp nhận,Ngày hẹn trả,Ngày có kết quả,Trạng thái
HS-1,vp,UBND tỉnh,03/01/2022,10/01/2022,10/01/2022,Đã trả kết quả
HS-2,vp,UBND tỉnh,03/01/2022,10/01/2022,10/01/2022,Đã trả kết quả
"""


def night(settings: Settings, as_of: date = NIGHT) -> tuple[int, bool, str]:
    """Run once: exit status, whether nothing was new, what was said."""
    stream = io.StringIO()
    with run_output(stream) as output:
        dated = settings.model_copy(update={"as_of": as_of})
        outcome = run_nightly(dated, now=datetime.now(LOCAL_ZONE), output=output)
    return outcome.status, outcome.nothing_new, stream.getvalue()


@pytest.fixture(scope="module")
def first(tmp_path_factory, prepared_dbt) -> tuple[Settings, int, str]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("nights"), lock_wait=0)
    shutil.copytree(prepared_dbt, settings.dbt_target)
    folder = settings.landing / "dossiers"
    folder.mkdir(parents=True)
    (folder / "ho-so_2022-03-31.csv").write_text(EXTRACT, encoding="utf-8")
    stray = settings.landing / "khong-ro"
    stray.mkdir()
    (stray / "x.csv").write_text("a\n1\n", encoding="utf-8")
    status, nothing_new, said = night(settings)
    assert not nothing_new
    return settings, status, said


def figures(settings: Settings) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        query = "select * exclude (published_at) from marts.scorecard order by all"
        return connection.sql(query).fetchall()


def test_rejections_are_published_around_and_told(first):
    settings, status, said = first
    assert status == PUBLISHED_WITH_REJECTIONS, said
    assert "rejected: dossiers/ho-so_2022-03-31.csv: 1 of 3 rows" in said
    assert "rejected: khong-ro/x.csv: No contract reads the folder khong-ro" in said
    assert "50,00%" in said
    assert str(settings.published) in said
    assert str(settings.reports / "index.html") in said
    assert "50,00%" in page(settings)


def test_the_run_is_in_the_history_under_its_job(first):
    settings, _, _ = first
    with open_instance(settings) as instance:
        [run] = instance.get_runs(filters=dg.RunsFilter(job_name="nightly"))
        assert run.status is dg.DagsterRunStatus.SUCCESS
        latest = instance.get_latest_materialization_event(dg.AssetKey(["raw", "dossiers"]))
    assert run.tags[".dagster/repository"] == "__repository__@pipelines.definitions"
    metadata = latest.asset_materialization.metadata
    assert metadata["rows_rejected"].value == 1
    found = metadata["files_found"].value["ho-so_2022-03-31.csv"]
    assert (found["format"], found["rows_accepted"]) == ("csv", 2)
    assert found["matched"]["due_at"] == "Ngày hẹn trả"


def test_the_history_holds_what_sensors_tell_of(first):
    settings, _, said = first
    with open_instance(settings) as instance:
        event = instance.get_latest_materialization_event(WAREHOUSE)
    metadata = event.asset_materialization.metadata
    rejected = metadata["rejected"].value
    assert [name for _, name, _ in rejected] == ["dossiers/ho-so_2022-03-31.csv", "khong-ro/x.csv"]
    assert all(f"rejected: {name}: {sentence}" in said for _, name, sentence in rejected)
    assert (metadata["unsettled"].value, metadata["stale"].value) == ([], [])


def test_nothing_new_renews_the_stamp_alone(first):
    settings, _, _ = first
    before, snapshots = figures(settings), set(settings.snapshot_dir.iterdir())
    status, nothing_new, said = night(settings)
    assert (status, nothing_new) == (PUBLISHED, True)
    assert "Nothing new" in said
    assert figures(settings) == before
    assert set(settings.snapshot_dir.iterdir()) == snapshots


def test_a_restated_figure_is_told_with_its_cases(first):
    settings, _, _ = first
    extract = settings.landing / "dossiers" / "ho-so_2022-04-01.csv"
    extract.write_text(MENDED, encoding="utf-8")
    status, _, said = night(settings)
    assert status == PUBLISHED, said
    told = [line.partition("  ")[2] for line in said.splitlines() if "  restated: " in line]
    assert (
        "restated: 05b qms decided 2022-01: 1/2 -> 2/2, 1 case; see marts.restatement_cases" in told
    )
    assert [line.split()[1] for line in told] == ["05a"] * 2 + ["05b"] * 2
    with open_instance(settings) as instance:
        event = instance.get_latest_materialization_event(WAREHOUSE)
    metadata = event.asset_materialization.metadata
    assert metadata["headlines_restated"].value == len(told)
    assert metadata["figures_restated"].value > metadata["totals_restated"].value > len(told)


def test_after_a_run_from_the_ui_nothing_is_new_either(first):
    from pipelines.definitions import defs

    settings, _, _ = first
    on_the_next_day = settings.model_copy(update={"as_of": date(2022, 4, 2)})
    with using(on_the_next_day), open_instance(settings) as instance:
        run = defs().resolve_job_def(NIGHTLY).execute_in_process(instance=instance)
    assert run.success
    _, nothing_new, said = night(settings, date(2022, 4, 2))
    assert nothing_new, said


def page(settings: Settings) -> str:
    return (settings.reports / "index.html").read_text(encoding="utf-8")


def stamp(settings: Settings) -> str:
    """The instant of publication, as pages show it."""
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        [(published_at,)] = connection.sql("select published_at from ops.publication").fetchall()
    return f"{published_at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}"


def test_a_page_with_little_to_tell_says_so(first):
    settings, _, _ = first
    shown = PageFile(settings.reports / "index.html")
    verdicts = {
        vietnamese(row["Phép đo"]).split()[0]: vietnamese(row["Đánh giá"])
        for row in shown.rows("scorecard-table")
    }
    assert verdicts["02"] == "Không phát sinh"
    assert verdicts["07a"] == "Không đủ căn cứ"
    marks = {vietnamese(row["Biến động"]) for row in shown.rows("scorecard-table")}
    assert marks == {"Chưa đủ dữ liệu", "Cộng dồn, không xét"}
    assert "Chưa tháng nào có số liệu để vẽ" in squeezed(shown.tree.get_element_by_id("measure-02"))
    [chart] = shown.tree.xpath("//article[@id='measure-05b']//*[@class='chart']")
    assert "01/2022–01/2022: 100,00% → 100,00%" in chart.get("aria-label")
    assert "Không có số liệu chính nào của kỳ đã khép thay đổi" in shown.text


def test_a_report_that_fails_takes_no_edition_back_and_is_tried_again(first):
    settings, _, _ = first
    index = settings.reports / "index.html"
    index.unlink()
    index.mkdir()
    editions = set(settings.snapshot_dir.iterdir())
    day = date(2023, 1, 5)
    status, nothing_new, said = night(settings, day)
    assert (status, nothing_new) == (PUBLISHED_WITH_REJECTIONS, False), said
    assert len(set(settings.snapshot_dir.iterdir()) - editions) == 1
    assert "  report: not written: " in said
    assert "index.html" in said
    status, nothing_new, said = night(settings, day)
    assert (status, nothing_new) == (PUBLISHED_WITH_REJECTIONS, True), said
    assert "  report: not written: " in said
    index.rmdir()
    assert night(settings, day)[:2] == (PUBLISHED, True)
    assert stamp(settings) in page(settings)
    written = index.stat().st_mtime_ns
    assert night(settings, day)[:2] == (PUBLISHED, True)
    assert index.stat().st_mtime_ns == written


def test_a_new_year_without_data_has_a_page(first):
    settings, _, _ = first
    write_reports(settings, say=print, period=parse_period("2023"))
    shown = PageFile(settings.reports / "2023" / "index.html")
    rows = shown.rows("scorecard-table")
    verdicts = {vietnamese(row["Đánh giá"]) for row in rows}
    assert verdicts == {"Không phát sinh", "Không đủ căn cứ", "Không đạt"}
    [initiatives] = [row for row in rows if vietnamese(row["Phép đo"]).startswith("10 ")]
    assert squeezed(initiatives["Kết quả"]) == "0"
    [on_time] = shown.tree.xpath("//article[@id='measure-05b']")
    assert "năm 2022: 2/2 = 100,00%" in squeezed(on_time)


def repeat_a_row(settings, dossier_id):
    """Let a raw file hold a dossier twice, and its account agree."""
    path = next((settings.raw / "dossiers" / "accounts").glob("*.json"))
    account = json.loads(path.read_text(encoding="utf-8"))
    rows = settings.raw / "dossiers" / f"{account['extract_id']}.parquet"
    frame = pl.read_parquet(rows)
    pl.concat([frame, frame.filter(dossier_id=dossier_id)]).write_parquet(rows)
    more = {name: account[name] + 1 for name in ("rows_read", "rows_accepted")}
    account |= more | {"loaded_at": "2022-04-03T00:00:00Z", "rows_sha256": None}
    path.write_text(json.dumps(account), encoding="utf-8")


def test_a_broken_invariant_publishes_nothing_and_names_the_case(first):
    settings, _, _ = first
    published = settings.published.read_bytes()
    repeat_a_row(settings, "HS-1")
    status, _, said = night(settings, date(2022, 4, 3))
    assert status == NOT_PUBLISHED, said
    assert "not published: dossiers_key_once_per_extract" in said
    assert "HS-1" in said
    assert settings.published.read_bytes() == published


def test_rollback_writes_the_pages_of_the_edition_it_brings_back(first, monkeypatch):
    settings, _, _ = first
    monkeypatch.setenv("QO_DATA_DIR", str(settings.data_dir))
    oldest = min(path.stem for path in settings.snapshot_dir.iterdir())
    done = CliRunner().invoke(main, ["rollback", oldest])
    assert done.exit_code == 0, done.output
    [(early,)] = duckdb.execute("select strptime(?, '%Y-%m-%dT%H-%M-%S.%f%z')", [oldest]).fetchall()
    assert f"{early.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}" == stamp(settings)
    assert stamp(settings) in page(settings)
    assert "50,00%" in page(settings)
