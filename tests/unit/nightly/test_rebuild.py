"""The warehouse made anew: the same figures, and nothing touched by a rebuild that fails.

One warehouse for all, in order: published; refused and failed rebuilds; rebuilt from raw; from
landing.
"""

from __future__ import annotations

import io
import os
import shutil
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.errors import RunError
from pipelines.extracts.ingest import ingest
from pipelines.extracts.landing import scan
from pipelines.extracts.rawstore import RawStore
from pipelines.nightly import (
    NOT_PUBLISHED,
    PUBLISHED,
    PUBLISHED_WITH_REJECTIONS,
    Outcome,
    run_nightly,
)
from pipelines.rebuild import Origin, run_rebuild
from pipelines.recovery import bring_in_step
from pipelines.reports.terminal import run_output
from pipelines.settings import LOCAL_ZONE, Settings
from pipelines.warehouse.beside import clear, prepare_place
from tests.support.office import Office

NIGHT = date(2022, 4, 1)
HEADERS = "Mã hồ sơ,Mã đơn vị,Cấp thẩm quyền,Ngày tiếp nhận,Ngày hẹn trả,Ngày có kết quả,Trạng thái"
EARLY = f"""\
{HEADERS}
HS-1,vp,UBND tỉnh,03/01/2022,10/01/2022,11/01/2022,Đã trả kết quả
"""
# Of the same day as EARLY and later to arrive, though an older file: it is the one that stands.
LATE = f"""\
{HEADERS}
HS-1,vp,UBND tỉnh,03/01/2022,10/01/2022,10/01/2022,Đã trả kết quả
HS-2,vp,UBND tỉnh,03/01/2022,10/01/2022,11/01/2022,Đã trả kết quả
HS-3,vp,UBND tỉnh,03/01/2022,10/01/2022,,Trạng thái lạ
"""
MILESTONES = """\
Mã mốc,Loại,Hạn,Ngày hoàn thành
M-1,Đánh giá nội bộ,31/03/2022,30/03/2022
"""
STAMPS = {"published_at", "loaded_at", "run_at", "run_id"}
MEMORY = {"published_figures", "restatements", "restatement_cases"}


def run(settings: Settings, origin: Origin | None = None) -> tuple[Outcome, str]:
    """A rebuild, or a night as of `NIGHT`, and what it said."""
    stream = io.StringIO()
    with run_output(stream) as output:
        now = datetime.now(LOCAL_ZONE)
        if origin is not None:
            return run_rebuild(settings, origin=origin, now=now, output=output), stream.getvalue()
        dated = settings.model_copy(update={"as_of": NIGHT})
        return run_nightly(dated, now=now, output=output), stream.getvalue()


@pytest.fixture(scope="module")
def settings(tmp_path_factory, prepared_dbt) -> Settings:
    """A published warehouse; one extract arrived in an earlier run that published nothing."""
    found = Settings(data_dir=tmp_path_factory.mktemp("rebuilt"), lock_wait=0)
    shutil.copytree(prepared_dbt, found.dbt_target)
    office = Office(found.data_dir)
    office.drop("dossiers", "a_2022-03-31.csv", EARLY)
    contract = load_contracts(found)["dossiers"]
    yesterday = datetime.now(LOCAL_ZONE) - timedelta(days=1)
    ingest(found, contract, scan(found)["dossiers"], run_at=yesterday)
    os.utime(office.drop("dossiers", "b_2022-03-31.csv", LATE), (1, 1))
    dated = "extracted_on: 2022-03-31\n"
    office.drop("qms_milestones", "moc.csv", MILESTONES, manifest=dated)
    office.drop("khong-ro", "x.csv", "a\n1\n")
    outcome, said = run(found)
    assert outcome.status == PUBLISHED_WITH_REJECTIONS, said
    return found


def kept(settings: Settings) -> dict[str, object]:
    """Every file that a failed rebuild must leave as it was."""
    office = Office(settings.data_dir)
    files = office.files("raw") | office.files("warehouse") | office.files("landing")
    hashes = {name: file.sha256 for name, file in files.items() if name != "run.lock"}
    return hashes | {"folders": sorted(path.name for path in settings.data_dir.iterdir())}


def contents(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Every table and view of the published warehouse but the memory, without the stamps."""
    found = {}
    with duckdb.connect(settings.published, read_only=True) as connection:
        tables = """
            select schema_name, table_name, list(column_name)
            from duckdb_columns() where not internal group by all
        """
        for schema, name, columns in connection.execute(tables).fetchall():
            # A number that goes on with each edition.
            if (schema, name) == ("ops", "batch"):
                continue
            if (name not in MEMORY and not name.startswith(("int_", "stg_"))) or schema == "raw":
                without = ", ".join(STAMPS.intersection(columns))
                chosen = f"* exclude ({without})" if without else "*"
                query = f'select {chosen} from "{schema}"."{name}" order by all'
                found[f"{schema}.{name}"] = connection.execute(query).fetchall()
    return found


def memory(settings: Settings) -> dict[str, set[tuple[Any, ...]]]:
    with duckdb.connect(settings.published, read_only=True) as connection:
        return {name: set(connection.execute(f"from memory.{name}").fetchall()) for name in MEMORY}


def extracts(settings: Settings) -> dict[str, tuple[str, datetime]]:
    accounts = RawStore(settings.raw, "dossiers").accounts()
    return {account.file_name: (account.status, account.first_seen_at) for account in accounts}


@pytest.fixture
def untouched(settings):
    """What a test takes away it puts back itself; nothing else may differ at its end."""
    before = kept(settings)
    yield
    assert kept(settings) == before


def test_a_missing_extract_is_named_and_refused(settings, untouched):
    extract = settings.landing / "dossiers" / "b_2022-03-31.csv"
    away = extract.rename(settings.data_dir / "away.csv")
    with pytest.raises(RunError, match=r"1 extract \(dossiers/b_2022-03-31.csv of 2022-03-31\)"):
        run(settings, "landing")
    away.rename(extract)


def test_a_replaced_extract_is_refused_until_a_night_has_read_it(settings, untouched):
    extract = settings.landing / "dossiers" / "b_2022-03-31.csv"
    away = extract.rename(settings.data_dir / "away.csv")
    extract.write_text(EARLY, encoding="utf-8")
    with pytest.raises(RunError, match="run `qo nightly` first"):
        run(settings, "landing")
    away.rename(extract)


def test_an_extract_without_account_is_named_and_refused(settings, untouched):
    away = settings.raw.rename(settings.data_dir / "away")
    with pytest.raises(RunError, match=r"2 extracts \(.*b_2022-03-31.csv.*--from landing"):
        run(settings, "raw")
    away.rename(settings.raw)


def test_a_rebuild_from_raw_that_fails_leaves_everything(settings, untouched):
    [parquet] = (settings.raw / "qms_milestones").glob("*.parquet")
    away = parquet.rename(settings.data_dir / "away.parquet")
    outcome, said = run(settings, "raw")
    away.rename(parquet)
    assert outcome.status == NOT_PUBLISHED, said
    assert f"{parquet} cannot be read" in said
    assert "Nothing was published" in said


def test_a_rebuild_from_landing_that_fails_leaves_everything(settings, untouched):
    """The milestones cannot be dated again, and the rows that were read before are gone too."""
    [parquet] = (settings.raw / "qms_milestones").glob("*.parquet")
    away = parquet.rename(settings.data_dir / "away.parquet")
    manifest = settings.landing / "qms_milestones" / "moc.csv.manifest.yml"
    unread = manifest.rename(settings.data_dir / "away.yml")
    outcome, said = run(settings, "landing")
    away.rename(parquet)
    unread.rename(manifest)
    assert "dossiers/b_2022-03-31.csv: 3 rows, 2 accepted" in said
    assert outcome.status == NOT_PUBLISHED, said


def test_after_failures_nothing_is_new(settings):
    outcome, said = run(settings)
    assert outcome.nothing_new, said


def test_a_killed_rebuild_is_cleared_by_the_next_night(settings, untouched):
    """Killed between the two renames that exchange the raw folders, the worst moment."""
    place = prepare_place(settings, with_raw=True)
    place.build.parent.mkdir()
    settings.raw.rename(settings.raw.with_name(".raw.replaced"))
    bring_in_step(settings, lambda _: None)
    assert not place.raw.exists()


def test_from_raw_the_figures_are_the_same(settings):
    before, remembered, arrived = contents(settings), memory(settings), extracts(settings)
    late = Office(settings.data_dir).drop("dossiers", "c_2022-04-01.csv", EARLY)
    outcome, said = run(settings, "raw")
    late.unlink()
    assert outcome.status == PUBLISHED, said
    assert "as of 2022-04-01" in said
    assert contents(settings) == before
    assert extracts(settings) == arrived
    assert all(remembered[name] <= rows for name, rows in memory(settings).items())
    assert "restated" not in said


def test_after_a_rebuild_from_raw_nothing_is_new(settings):
    outcome, said = run(settings)
    assert outcome.nothing_new, said


def test_from_landing_even_lost_accounts_are_made_anew(settings):
    before, remembered, arrived = contents(settings), memory(settings), extracts(settings)
    damaged, *_ = (settings.raw / "qms_milestones" / "accounts").glob("*.json")
    damaged.write_text("{", encoding="utf-8")
    shutil.rmtree(settings.raw / "dossiers")
    outcome, said = run(settings, "landing")
    assert outcome.status == PUBLISHED_WITH_REJECTIONS, said
    assert contents(settings) == before
    assert extracts(settings) == arrived
    assert {status for status, _ in arrived.values()} == {"superseded", "loaded"}
    assert all(remembered[name] <= rows for name, rows in memory(settings).items())
    assert clear(settings) == []


def test_after_a_rebuild_from_landing_nothing_is_new(settings):
    outcome, said = run(settings)
    assert outcome.nothing_new, said
