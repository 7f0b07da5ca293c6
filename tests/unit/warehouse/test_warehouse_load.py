"""Loading: the tables agree with the accounts and files on disk, whatever happened to those."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.errors import RunError
from pipelines.extracts.rawstore import hash_of_rows
from pipelines.settings import Settings
from pipelines.warehouse.load import load, write_run
from pipelines.warehouse.raw_files import UnreadableExtractError

OFFICE = {
    "unit_id": "VP",
    "unit_name": "Văn phòng",
    "is_office": True,
    "valid_from": date(2020, 1, 1),
}
HEALTH = {"unit_id": "SYT", "unit_name": "Sở Y tế"}


def units(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    query = "select _extract_id, unit_id, _row_number from raw.units order by all"
    return con.execute(query).fetchall()


def test_first_load_brings_rows_and_accounts(settings, build, raw):
    raw.add("a1", [OFFICE, HEALTH])
    raw.add("b1", [{"dossier_id": "H1", "status": "accepted"}], source="x", dataset="dossiers")
    outcome = load(settings, build, {})
    assert outcome.has_news
    assert outcome.inserted == {"units": 2, "dossiers": 1}
    assert outcome.rows["units"] == 2
    assert outcome.rows["procedures"] == 0
    assert units(build) == [("a1", "SYT", 3), ("a1", "VP", 2)]
    row = build.execute("select * from raw.units where unit_id = 'VP'").fetchone()
    assert row == (
        "VP",
        "Văn phòng",
        None,
        None,
        True,
        None,
        date(2020, 1, 1),
        None,
        "units",
        "a1",
        date(2022, 3, 31),
        2,
    )
    log = build.execute("select extract_id, status, rows_accepted from ops.extract_log order by 1")
    assert log.fetchall() == [("a1", "loaded", 2), ("b1", "loaded", 1)]


def test_second_load_changes_nothing(settings, build, raw):
    raw.add("a1", [OFFICE])
    contracts = load_contracts(Settings(data_dir=settings.data_dir))
    load(settings, build, contracts)
    outcome = load(settings, build, contracts)
    assert not outcome.has_news
    assert outcome.inserted == outcome.deleted == {}
    assert build.execute("select count(*) from ops.sources").fetchone() == (len(contracts),)


def test_rows_of_a_superseded_extract_leave(settings, build, raw):
    raw.add("a1", [OFFICE])
    load(settings, build, {})
    raw.change("a1", status="superseded")
    raw.add("a2", [OFFICE, HEALTH])
    outcome = load(settings, build, {})
    assert (outcome.inserted, outcome.deleted) == ({"units": 2}, {"units": 1})
    assert {extract_id for extract_id, *_ in units(build)} == {"a2"}
    log = build.execute("select extract_id, status from ops.extract_log order by 1").fetchall()
    assert log == [("a1", "superseded"), ("a2", "loaded")]


def test_rows_of_a_vanished_account_leave(settings, build, raw):
    raw.add("a1", [OFFICE])
    raw.add("a2", [HEALTH], extracted_on="2022-04-30")
    load(settings, build, {})
    (settings.raw / "units" / "accounts" / "a1.json").unlink()
    assert load(settings, build, {}).deleted == {"units": 1}
    assert {extract_id for extract_id, *_ in units(build)} == {"a2"}


@pytest.mark.parametrize(
    "change", [{"contract_version": "v2"}, {"loaded_at": "2022-05-01T00:00:00Z"}]
)
def test_extract_read_again_replaces_its_rows(settings, build, raw, change):
    raw.add("a1", [OFFICE])
    raw.add("a2", [HEALTH])
    load(settings, build, {})
    raw.add("a1", [HEALTH, OFFICE], **change)
    outcome = load(settings, build, {})
    assert (outcome.inserted, outcome.deleted) == ({"units": 2}, {"units": 1})
    assert units(build) == [("a1", "SYT", 2), ("a1", "VP", 3), ("a2", "SYT", 2)]


def test_lines_follow_their_accounts(settings, build, raw):
    line = {
        "extract_id": "a1",
        "source": "units",
        "file_name": "a1.csv",
        "row_number": 4,
        "reason": "no name",
        "code": "MISSING_REQUIRED",
        "column_name": "unit_name",
    }
    issue = {
        "extract_id": "a1",
        "source": "units",
        "issue_code": "UNREADABLE_VALUE",
        "row_number": 2,
    }
    raw.add("a1", [OFFICE], rows_read=2, rows_rejected=1)
    raw.add_lines("a1", "rejected", [line])
    raw.add_lines("a1", "issues", [issue, issue])
    load(settings, build, {})
    rejected = "select extract_id, row_number, code, case_id from ops.rejected_rows"
    assert build.execute(rejected).fetchall() == [("a1", 4, "MISSING_REQUIRED", None)]
    assert build.execute("select count(*) from ops.ingest_issues").fetchone() == (2,)
    raw.add("a1", [OFFICE, HEALTH], contract_version="v2")
    (settings.raw / "units" / "accounts" / "a1.rejected.ndjson").unlink()
    raw.add_lines("a1", "issues", [issue])
    load(settings, build, {})
    assert build.execute(rejected).fetchall() == []
    assert build.execute("select count(*) from ops.ingest_issues").fetchone() == (1,)


def test_accounts_without_rows_are_in_the_log(settings, build, raw):
    raw.write_account(
        {
            "extract_id": "r1",
            "source": "nobody",
            "file_name": "x.csv",
            "status": "rejected",
            "error": "No contract.",
            "rows_read": None,
        }
    )
    outcome = load(settings, build, {})
    assert outcome.has_news
    assert outcome.inserted == {}
    query = "select status, dataset, rows_read, error from ops.extract_log"
    assert build.execute(query).fetchall() == [("rejected", None, None, "No contract.")]


def test_arrival_is_first_seen_then_modified_then_name(settings, build, raw):
    raw.add("d", [], first_seen_at="2022-04-02T01:00:00+00:00", mtime_ns=1, file_name="a.csv")
    raw.add("c", [], mtime_ns=1, file_name="z.csv")
    raw.add("b", [], mtime_ns=2, file_name="b.csv")
    raw.add("a", [], mtime_ns=2, file_name="c.csv")
    load(settings, build, {})
    query = "select extract_id from ops.extract_log order by arrival_no"
    assert build.execute(query).fetchall() == [("c",), ("b",), ("a",), ("d",)]


def test_view_or_table_of_another_shape_is_made_anew(settings, build, raw):
    raw.add("a1", [OFFICE])
    raw.add("b1", [{"dossier_id": "H1", "status": "accepted"}], source="x", dataset="dossiers")
    load(settings, build, {})
    build.execute("drop table raw.units; create view raw.units as select 'VP' as unit_id")
    build.execute("drop view raw.dossiers; create table raw.dossiers (dossier_id varchar)")
    assert load(settings, build, {}).inserted == {}
    assert units(build) == [("a1", "VP", 2)]
    assert build.execute("select dossier_id, status from raw.dossiers").fetchall() == [
        ("H1", "accepted")
    ]


def test_log_of_another_shape_loads_everything_again(settings, build, raw):
    raw.add("a1", [OFFICE])
    load(settings, build, {})
    build.execute("alter table ops.extract_log drop column period_end")
    assert load(settings, build, {}).inserted == {"units": 1}
    assert len(units(build)) == 1


@pytest.mark.parametrize(
    "fault", ["missing", "damaged", "other columns", "fewer rows", "flipped bit"]
)
def test_raw_file_that_is_not_what_its_account_says(settings, build, raw, fault):
    raw.add("a1", [OFFICE])
    load(settings, build, {})
    path = settings.raw / "units" / "a2.parquet"
    raw.write_rows("a2", [OFFICE, HEALTH], "units", "units")
    raw.add("a2", [OFFICE, HEALTH], rows_sha256=hash_of_rows(path))
    raw.add("a3", [HEALTH])
    if fault == "missing":
        path.unlink()
    elif fault == "damaged":
        path.write_bytes(path.read_bytes()[:-50])
    elif fault == "other columns":
        duckdb.sql("select 1 as nonsense").write_parquet(str(path))
    elif fault == "flipped bit":
        content = bytearray(path.read_bytes())
        content[20] ^= 1  # in a page, which Parquet itself does not notice
        path.write_bytes(content)
    else:
        raw.write_rows("a2", [OFFICE], "units", "units")
        raw.change("a2", rows_sha256=None)
    before = units(build)
    with pytest.raises(UnreadableExtractError, match=r"a2\.parquet .*from landing/") as caught:
        load(settings, build, {})
    assert caught.value.extract_ids == ("a2",)
    assert units(build) == before
    raw.add("a2", [OFFICE, HEALTH])  # as reading it again does
    assert load(settings, build, {}).inserted == {"units": 3}


@pytest.mark.parametrize("fault", ["missing", "cut inside a line", "cut between two lines"])
def test_lines_that_do_not_cover_the_rejected_rows(settings, build, raw, fault):
    lines = [{"extract_id": "a1", "row_number": number, "reason": "no name"} for number in (3, 4)]
    raw.add("a1", [OFFICE], rows_read=3, rows_rejected=2)
    if fault != "missing":
        raw.add_lines("a1", "rejected", lines[:1] if fault == "cut between two lines" else lines)
    if fault == "cut inside a line":
        path = settings.raw / "units" / "accounts" / "a1.rejected.ndjson"
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UnreadableExtractError, match=r"a1\.") as caught:
        load(settings, build, {})
    assert caught.value.extract_ids == ("a1",)
    assert units(build) == []
    raw.add_lines("a1", "rejected", lines)
    assert load(settings, build, {}).inserted == {"units": 1}


def test_damaged_account_is_named(settings, build, raw):
    raw.add("a1", [OFFICE])
    (settings.raw / "units" / "accounts" / "a9.json").write_text('{"extract_id": "a9')
    with pytest.raises(RunError, match=r"a9\.json\. Run `qo nightly`"):
        load(settings, build, {})
    assert units(build) == []


def test_news_takes_the_publication_stamp_off(settings, build, raw):
    stamp = "insert into ops.publication values (now(), current_date, 'r1')"
    build.execute(stamp)
    load(settings, build, {})
    assert build.execute("select run_id from ops.publication").fetchall() == [("r1",)]
    raw.add("a1", [OFFICE])
    load(settings, build, {})
    assert build.execute("select run_id from ops.publication").fetchall() == []


def test_run_facts_are_one_row(build):
    build.execute("insert into ops.publication values (now(), current_date, 'r1')")
    for day in (1, 2):
        run_at = datetime(2022, 4, day, 1, tzinfo=UTC)
        write_run(build, as_of=date(2022, 4, day), run_at=run_at, run_id=f"run {day}")
    assert build.execute("select as_of, run_id from ops.run").fetchall() == [
        (date(2022, 4, 2), "run 2")
    ]
    assert build.execute("select count(*) from ops.publication").fetchone() == (0,)


def test_hundreds_of_accounts_at_once(settings, build, raw):
    raw.add("a1", [OFFICE])
    for number in range(500):
        raw.write_account({"extract_id": f"d{number}", "source": "units", "status": "duplicate"})
    load(settings, build, {})
    assert build.execute("select count(*) from ops.extract_log").fetchone() == (501,)
    assert not load(settings, build, {}).has_news
