"""A value over which the models fail costs its extract, and no other source its night."""

from __future__ import annotations

import io
import shutil
from datetime import date, datetime

import duckdb
import polars as pl
import pytest

from pipelines.extracts.rows import cast
from pipelines.nightly import NOT_PUBLISHED, PUBLISHED, PUBLISHED_WITH_REJECTIONS, run_nightly
from pipelines.reports.terminal import run_output
from pipelines.settings import LOCAL_ZONE, Settings
from pipelines.warehouse import culprits

NIGHT = date(2022, 4, 1)
OUTSIDE = "Mã đơn vị,Tháng,Số hồ sơ ngoài hệ thống\n"
DOSSIERS = (
    "Mã hồ sơ,Mã đơn vị,Cấp thẩm quyền,Ngày tiếp nhận,Ngày hẹn trả,Ngày có kết quả,Trạng thái\n"
    "HS-1,vp,UBND tỉnh,03/01/2022,10/01/2022,10/01/2022,Đã trả kết quả\n"
)
MONTHS = {
    "x_2022-01-31.csv": "vp,2022-01,3\n",
    "x_2022-02-28.csv": "vp,no month,4\n",
}
"""What ingest is made to accept: DuckDB can cast only one of the months."""


def night(settings: Settings) -> tuple[int, str]:
    stream = io.StringIO()
    with run_output(stream) as output:
        outcome = run_nightly(settings, now=datetime.now(LOCAL_ZONE), output=output)
    return outcome.status, stream.getvalue()


@pytest.fixture
def office(tmp_path, prepared_dbt, monkeypatch):
    """Extracts of two datasets, and an ingest that takes any text for a month."""

    def read_months(text: pl.Series, *_: object) -> pl.Series:
        return text

    monkeypatch.setattr(cast, "_read_months", read_months)
    settings = Settings(data_dir=tmp_path / "data", lock_wait=0, as_of=NIGHT)
    shutil.copytree(prepared_dbt, settings.dbt_target)
    outside = {name: OUTSIDE + rows for name, rows in MONTHS.items()}
    files = {"dossiers": {"x_2022-03-31.csv": DOSSIERS}, "dossiers_outside_system": outside}
    for source, contents in files.items():
        (settings.landing / source).mkdir(parents=True)
        for name, content in contents.items():
            (settings.landing / source / name).write_text(content, encoding="utf-8")
    return settings


def ask(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        return connection.sql(query).fetchall()


def test_an_extract_over_which_models_fail_is_refused_and_all_others_published(office):
    status, said = night(office)
    assert status == PUBLISHED_WITH_REJECTIONS, said
    log = ask(
        office,
        "select file_name, status, rows_read, error from marts.extract_log"
        " where dataset = 'dossiers_outside_system' order by 1",
    )
    assert [row[:3] for row in log] == [
        ("x_2022-01-31.csv", "loaded", 1),
        ("x_2022-02-28.csv", "rejected", None),
    ]
    assert "An unexpected fault (Conversion Error in the model " in log[1][3]
    assert "rejected: dossiers_outside_system/x_2022-02-28.csv: An unexpected fault" in said
    assert "no month" not in said
    assert ask(office, "select count(*) from marts.fct_dossiers") == [(1,)]
    status, said = night(office)
    assert (status, "Nothing new" in said) == (PUBLISHED, True), said


def test_models_that_fail_without_any_new_extract_publish_nothing(office, monkeypatch):
    monkeypatch.setattr(culprits, "_new_extracts", lambda *_: iter(()))
    status, said = night(office)
    assert status == NOT_PUBLISHED, said
    assert not office.published.exists()
