"""Everything that can be wrong with what is given: one clear sentence, a status, nothing lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.deliveries import BAD_DELIVERIES, UNKNOWN_STATUS
from tests.support.office import Office

SENTENCES = {
    "so_tay_la": ("No contract", "contracts/so_tay_la.yml"),
    "dossiers": ("date", "manifest"),
    "directives": ("empty",),
    "regulations": ("regulation_id", "Mã quy chế"),
}

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from pipelines.settings import Settings
from pipelines.warehouse.lock import writer_lock
with writer_lock(Settings(data_dir=Path(sys.argv[1])), purpose="a long night"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(("source", "name"), BAD_DELIVERIES)
def test_a_bad_file_is_rejected_with_what_to_do(office, first_night, source, name):
    assert first_night.run.status == 3, first_night.run
    [(status, error, rows_read, rows_accepted)] = office.query(
        """
        select status, error, rows_read, rows_accepted
        from marts.extract_log where source = ? and file_name = ?
        """,
        source,
        name,
        edition=first_night.kept,
    )
    assert (status, rows_read, rows_accepted) == ("rejected", None, None)
    for part in SENTENCES[source]:
        assert part in error
    assert first_night.run.lines(f"rejected: {source}/{name}: {error}")


def test_an_unmapped_status_rejects_its_row_alone(office, first_night):
    [row] = office.query(
        """
        select row_number, column_name, raw_value, reason
        from marts.rejected_rows where source = 'documents'
        """,
        edition=first_night.kept,
    )
    assert row[:3] == (2, "status", UNKNOWN_STATUS)
    assert UNKNOWN_STATUS in row[3]
    loaded = office.query(
        "select arrival_no, status from marts.fct_documents where arrival_no in ('9001', '9002')",
        edition=first_night.kept,
    )
    assert loaded == [("9002", "completed")]
    assert first_night.run.lines("rejected: documents/van-ban-den_2022-12-15.csv: 1 of 2 rows")


def test_everything_else_was_loaded(office, first_night):
    log = office.query(
        """
        select source || '/' || file_name, status, rows_read,
            rows_accepted + rows_rejected + rows_duplicate
        from marts.extract_log
        """,
        edition=first_night.kept,
    )
    bad = {"/".join(key) for key in BAD_DELIVERIES}
    assert sorted(name for name, *_ in log) == sorted(first_night.delivered)
    good = [row for row in log if row[0] not in bad]
    assert len(log) == len(good) + len(bad)
    assert all(status == "loaded" and read == parts for _, status, read, parts in good)


def test_a_bad_contract_stops_before_anything_starts(tmp_path):
    office = Office(tmp_path / "data")
    office.contract("permits", "source: permits\ndataset: dossiers\nmode: sometimes\ncolumns: {}\n")
    office.drop("permits", "permits_2022-10-31.csv", "Permit\nP-1\n")
    before = office.files(".")
    run = office.run("nightly")
    assert run.status == 2
    assert "permits.yml" in run.errors
    assert "mode" in run.errors
    assert "sometimes" in run.errors
    assert "Traceback" not in run.errors
    assert office.files(".") == before


def test_an_unknown_setting_is_named(tmp_path):
    office = Office(tmp_path / "data")
    run = office.run("nightly", QO_SNAPSHOT="3")
    assert run.status == 2
    assert "QO_SNAPSHOT is not a setting" in run.errors
    assert "QO_SNAPSHOTS" in run.errors
    assert not office.data_dir.exists()


def test_a_second_writer_waits_and_gives_up(tmp_path):
    office = Office(tmp_path / "data")
    office.drop("permits", "permits_2022-10-31.csv", "Permit\nP-1\n")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(office.data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        run = office.run("nightly", QO_LOCK_WAIT="1")
        holder.communicate()
    assert run.status == 1
    assert run.lines("Waiting up to 1 s for a long night")
    assert f"process {holder.pid}" in run.errors
    assert "start again when it has finished" in run.errors
    assert not office.settings.published.exists()
    assert not office.settings.raw.exists()
