"""One source's landing folder into its raw folder: what is read, kept, replaced and refused."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.arrivals import Seen
from pipelines.contracts.model import Contract
from pipelines.extracts import reading
from pipelines.extracts.ingest import IngestOutcome, ingest, ingest_without_contract
from pipelines.extracts.landing import scan
from pipelines.extracts.rawstore import Account, DamagedAccountsError, RawStore, hash_of_rows
from pipelines.settings import Settings

START = datetime(2022, 4, 1, 18, tzinfo=UTC)
HEADER = "Mã hồ sơ,Ngày tiếp nhận,Trạng thái\n"
ONE = HEADER + "a,01/03/2022,Đang xử lý\n"
TWO = ONE + "b,02/03/2022,Đang xử lý\n"
BAD_ROW = ONE + "c,02/03/2022,Chờ liên thông thuế\n"

MakeContract = Callable[..., Contract]


class Office:
    """Drops files into one landing folder and runs ingest, a day later each time."""

    def __init__(self, settings: Settings, contract: Contract) -> None:
        self.settings = settings
        self.contract = contract
        self.folder = settings.landing / contract.source
        self.folder.mkdir(parents=True)
        self.days = self._days()
        self.mtime = 1_000

    @staticmethod
    def _days() -> Iterator[datetime]:
        day = START
        while True:
            yield day
            day += timedelta(days=1)

    def drop(self, name: str, content: str = ONE, manifest: str | None = None) -> None:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        self.mtime += 1
        os.utime(path, (self.mtime, self.mtime))
        if manifest is not None:
            path.with_name(f"{name}.manifest.yml").write_text(manifest, encoding="utf-8")

    def run(self, **changes: Any) -> IngestOutcome:
        if changes:
            content = self.contract.model_dump(by_alias=True, exclude_defaults=True) | changes
            self.contract = Contract.model_validate(content)
        files = scan(self.settings)[self.contract.source]
        return ingest(self.settings, self.contract, files, run_at=next(self.days))

    @property
    def store(self) -> RawStore:
        return RawStore(self.settings.raw, self.contract.source)

    def accounts(self) -> list[Account]:
        return self.store.accounts()

    def states(self) -> list[tuple[str, str, str | None]]:
        return [
            (account.file_name, account.status, str(account.extracted_on or "") or None)
            for account in self.accounts()
        ]

    def standing_rows(self) -> list[str]:
        frames = [
            pl.read_parquet(self.store.parquet_path(account.extract_id))
            for account in self.accounts()
            if account.status == "loaded"
        ]
        return sorted(name for frame in frames for name in frame["dossier_id"])


@pytest.fixture
def office(settings: Settings, make_contract: MakeContract) -> Office:
    columns = {name: {} for name in ("dossier_id", "received_at", "status")}
    return Office(settings, make_contract(columns=columns))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_rows_are_stored_typed_with_their_lineage(office: Office) -> None:
    office.drop("hs_2022-03-31.csv", TWO)
    outcome = office.run()
    (account,) = office.accounts()
    frame = pl.read_parquet(office.store.parquet_path(account.extract_id))
    assert frame.columns == [
        *(column.name for column in office.contract.data.columns),
        "_source",
        "_extract_id",
        "_extracted_on",
        "_row_number",
    ]
    assert frame.schema["received_at"] == pl.Datetime("us")
    assert frame.schema["supplement_count"] == pl.Int64
    assert frame.schema["deadline_exempt"] == pl.Boolean
    assert frame.select(pl.col("^_.*$")).row(1) == (
        "dossiers",
        account.extract_id,
        date(2022, 3, 31),
        3,
    )
    assert outcome.new == [account.extract_id]
    assert (outcome.rejected, outcome.rows_rejected, outcome.unsettled) == ([], 0, [])
    assert (account.rows_read, account.rows_accepted, account.status) == (2, 2, "loaded")
    assert (account.first_seen_at, account.loaded_at) == (START, START)


def test_the_same_again_writes_nothing(office: Office) -> None:
    office.drop("hs_2022-03-31.csv")
    office.drop("undated.csv")
    office.run()
    before = snapshot(office.settings.raw)
    outcome = office.run()
    assert not outcome.is_news
    assert outcome.files == 2
    assert snapshot(office.settings.raw) == before


def test_a_touched_file_with_the_same_bytes_is_nothing_new(office: Office) -> None:
    office.drop("hs_2022-03-31.csv")
    office.run()
    office.drop("hs_2022-03-31.csv")
    assert not office.run().is_news


def test_rejected_rows_and_issues_lie_beside_the_account(office: Office) -> None:
    office.drop("hs_2022-03-31.csv", BAD_ROW + "d,02/04/2022,Đang xử lý\n")
    outcome = office.run()
    (account,) = office.accounts()
    lines = office.store.rejected_path(account.extract_id).read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "extract_id": account.extract_id,
            "source": "dossiers",
            "file_name": "hs_2022-03-31.csv",
            "row_number": 3,
            "reason": 'Trạng thái (status) has the value "Chờ liên thông thuế", which is no label '
            "of the contract: add it there under columns.status.values, or correct the row.",
            "code": "UNMAPPED_STATUS",
            "case_id": "c",
            "column_name": "status",
            "raw_value": "Chờ liên thông thuế",
        }
    ]
    issue = json.loads(office.store.issues_path(account.extract_id).read_text("utf-8"))
    assert (issue["issue_code"], issue["case_id"], issue["dataset"]) == (
        "FUTURE_RECEIVE",
        "d",
        "dossiers",
    )
    assert outcome.rows_rejected == 1
    assert account.rows_read == 3


@pytest.mark.parametrize(
    ("name", "content", "manifest", "reason"),
    [
        ("undated.csv", ONE, None, "has no date"),
        ("hs_2022-03-31.csv", "", None, "empty"),
        ("hs_2022-03-31.csv", "Mã hồ sơ\na\n", None, "Required columns are missing"),
        ("hs_2022-03-31.csv", ONE, "rows: [", "not valid YAML"),
        ("hs_2022-03-31.csv", ONE, "rows: 7", "says 7 rows, the file holds 1"),
        ("hs_2022-03-31.csv", ONE, "extracted_on: 2022-03-30", "correct one of them"),
        ("hs_2022-03-31.xls", "<html>", None, "web page"),
    ],
)
def test_a_bad_file_is_rejected_alone(
    office: Office, name: str, content: str, manifest: str | None, reason: str
) -> None:
    office.drop(name, content, manifest)
    office.drop("good_2022-03-30.csv", TWO)
    outcome = office.run()
    (refused,) = outcome.rejected
    assert (refused.file_name, refused.status, refused.rows_read) == (name, "rejected", None)
    assert refused.error is not None
    assert reason in refused.error
    assert office.standing_rows() == ["a", "b"]
    assert not office.run().rejected


def test_a_manifest_dates_a_file(office: Office) -> None:
    office.drop("hs.csv", ONE, "extracted_on: 2022-03-31\nperiod: 2022-03\nrows: 1\n")
    office.run()
    (account,) = office.accounts()
    assert (account.extracted_on, account.status) == (date(2022, 3, 31), "loaded")
    assert (account.period_start, account.period_end) == (date(2022, 3, 1), date(2022, 3, 31))


def test_a_mended_manifest_redates_the_file(office: Office) -> None:
    office.drop("hs.csv", ONE, "extracted_on: 2022-03-30")
    office.run()
    office.drop("hs.csv", ONE, "extracted_on: 2022-03-31")
    outcome = office.run()
    assert office.states() == [
        ("hs.csv", "superseded", "2022-03-30"),
        ("hs.csv", "loaded", "2022-03-31"),
    ]
    assert (len(outcome.new), len(outcome.removed)) == (1, 1)
    assert {account.first_seen_at for account in office.accounts()} == {START}
    office.drop("hs.csv", ONE, "extracted_on: 2022-03-30")
    office.run()
    assert office.states() == [
        ("hs.csv", "superseded", "2022-03-31"),
        ("hs.csv", "loaded", "2022-03-30"),
    ]


def test_a_rejection_is_superseded_when_the_file_is_mended(office: Office) -> None:
    office.drop("hs.csv", ONE)
    assert len(office.run().rejected) == 1
    office.drop("hs.csv", ONE, "extracted_on: 2022-03-31")
    assert not office.run().rejected
    assert office.states() == [("hs.csv", "superseded", None), ("hs.csv", "loaded", "2022-03-31")]


def test_the_same_bytes_and_date_under_another_name_are_a_duplicate(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    office.drop("b_2022-03-31.csv", TWO)
    office.drop("c_2022-04-01.csv", TWO)
    office.run()
    first, copy, dated = office.accounts()
    assert [account.status for account in (first, copy, dated)] == ["loaded", "duplicate", "loaded"]
    assert (copy.rows_read, copy.rows_duplicate) == (2, 2)
    assert (copy.rows_accepted, copy.rows_rejected) == (0, 0)
    assert not office.store.parquet_path(copy.extract_id).exists()
    assert not office.run().is_news


def test_in_mode_full_the_later_file_of_a_date_stands(office: Office) -> None:
    office.drop("a_2022-03-31.csv", ONE)
    office.drop("b_2022-03-31.csv", TWO)
    outcome = office.run()
    assert [state[1] for state in office.states()] == ["superseded", "loaded"]
    assert office.standing_rows() == ["a", "b"]
    assert (len(outcome.new), outcome.removed) == (1, [])
    office.drop("c_2022-03-30.csv", ONE)
    assert office.run().removed == []


@pytest.mark.parametrize("mode", ["changes", "period"])
def test_otherwise_files_of_a_date_are_parts_of_one_delivery(office: Office, mode: str) -> None:
    office.drop("a_2022-03-31.csv", ONE)
    office.drop("b_2022-03-31.csv", HEADER + "b,02/03/2022,Đang xử lý\n")
    office.run(mode=mode)
    assert office.standing_rows() == ["a", "b"]
    more = HEADER + "c,02/03/2022,Đang xử lý\n"
    office.drop("c_2022-03-31.csv", more, "supersedes: a_2022-03-31.csv")
    outcome = office.run()
    assert office.standing_rows() == ["b", "c"]
    assert (len(outcome.new), len(outcome.removed)) == (1, 1)


def test_new_bytes_at_the_same_path_supersede(office: Office) -> None:
    office.drop("a_2022-03-31.csv", ONE)
    office.run(mode="changes")
    office.drop("a_2022-03-31.csv", TWO)
    outcome = office.run()
    assert [state[1] for state in office.states()] == ["superseded", "loaded"]
    assert office.standing_rows() == ["a", "b"]
    assert (len(outcome.new), len(outcome.removed)) == (1, 1)
    old = office.accounts()[0]
    assert office.store.parquet_path(old.extract_id).exists()


def test_bytes_that_come_back_arrive_anew(office: Office) -> None:
    for content in (ONE, TWO, ONE):
        office.drop("a_2022-03-31.csv", content)
        office.run()
    assert office.standing_rows() == ["a"]
    assert [account.first_seen_at for account in office.accounts()] == [
        START + timedelta(days=1),
        START + timedelta(days=2),
    ]
    assert not office.run().is_news


def test_a_broken_replacement_leaves_the_last_good_rows(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    office.run()
    office.drop("a_2022-03-31.csv", "")
    outcome = office.run()
    assert len(outcome.rejected) == 1
    assert outcome.removed == []
    assert office.standing_rows() == ["a", "b"]


def test_files_gone_from_landing_keep_their_rows(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    office.run()
    (office.folder / "a_2022-03-31.csv").unlink()
    assert not office.run().is_news
    assert office.standing_rows() == ["a", "b"]


def test_a_changed_contract_reads_its_files_again(office: Office) -> None:
    office.drop("a_2022-03-31.csv", BAD_ROW)
    office.run()
    assert office.standing_rows() == ["a"]
    columns = {"dossier_id": {}, "received_at": {}}
    columns["status"] = {"values": {"processing": ["Chờ liên thông thuế"]}}
    outcome = office.run(columns=columns)
    (account,) = office.accounts()
    assert office.standing_rows() == ["a", "c"]
    assert (outcome.new, outcome.changed) == ([], [account.extract_id])
    assert (account.first_seen_at, account.loaded_at) == (START, START + timedelta(days=1))
    assert not office.store.rejected_path(account.extract_id).exists()


def test_a_contract_that_no_longer_fits_takes_the_rows_out(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    office.run()
    columns = {"dossier_id": {}, "received_at": {}, "status": {}, "due_at": {"required": True}}
    outcome = office.run(columns=columns)
    (account,) = office.accounts()
    assert (outcome.removed, account.status) == ([account.extract_id], "rejected")
    assert not office.store.parquet_path(account.extract_id).exists()


def test_a_file_outside_the_pattern_is_named_and_left(office: Office) -> None:
    office.drop("a_2022-03-31.txt")
    office.drop("B_2022-03-31.CSV")
    outcome = office.run(files="*.csv")
    assert outcome.ignored == ["a_2022-03-31.txt"]
    assert [state[0] for state in office.states()] == ["B_2022-03-31.CSV"]


def test_a_folder_without_a_contract_is_refused_until_it_has_one(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    files = scan(office.settings)["dossiers"]
    first = ingest_without_contract(office.settings, "dossiers", files, run_at=next(office.days))
    assert first.rejected[0].error is not None
    assert "contracts/dossiers.yml" in first.rejected[0].error
    again = ingest_without_contract(office.settings, "dossiers", files, run_at=next(office.days))
    assert not again.is_news
    assert not office.run().rejected
    assert office.standing_rows() == ["a", "b"]


def test_a_folder_whose_contract_went_away_keeps_what_it_had(office: Office) -> None:
    office.drop("a_2022-03-31.csv", ONE)
    office.drop("b_2022-03-31.csv", TWO)
    office.run()
    files = scan(office.settings)["dossiers"]
    outcome = ingest_without_contract(office.settings, "dossiers", files, run_at=next(office.days))
    assert not outcome.is_news
    assert [state[1] for state in office.states()] == ["superseded", "loaded"]


def test_files_arrive_when_a_killed_run_saw_them(office: Office) -> None:
    office.drop("a_2022-03-31.csv", ONE)
    office.drop("b_2022-03-31.csv", TWO)
    a, b = scan(office.settings)["dossiers"]
    seen = {
        "a_2022-03-31.csv": Seen(a.size, a.mtime_ns, a.sha256(), START),
        "b_2022-03-31.csv": Seen(b.size, b.mtime_ns + 1, b.sha256(), START),
    }
    run_at = START + timedelta(days=1)
    ingest(office.settings, office.contract, [a, b], run_at=run_at, seen=seen)
    assert [account.first_seen_at for account in office.accounts()] == [START, run_at]


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(office: Office) -> None:
    office.drop("a_2022-03-31.csv", ONE)
    office.drop("b_2022-03-30.csv", TWO)
    files = scan(office.settings)["dossiers"]
    office.drop("a_2022-03-31.csv", TWO)
    outcome = ingest(office.settings, office.contract, files, run_at=next(office.days))
    assert outcome.unsettled == [
        "dossiers/a_2022-03-31.csv changed while it was read; it is left for the next run."
    ]
    assert [state[0] for state in office.states()] == ["b_2022-03-30.csv"]
    assert not office.run().rejected


def test_it_tells_which_bytes_of_each_file_it_judged(
    settings: Settings, make_contract: MakeContract
) -> None:
    columns = {name: {} for name in ("dossier_id", "received_at", "status")}
    office = Office(settings, make_contract(columns=columns, files=["*.csv"]))
    office.drop("left_2022-03-31.csv", ONE)
    office.drop("read_2022-03-30.csv", TWO)
    office.drop("refused_2022-03-29.csv", "nothing\n", manifest="extracted_on: 2022-03-29\n")
    office.drop("aside_2022-03-31.txt", ONE)
    files = scan(office.settings)["dossiers"]
    expected = {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in office.folder.iterdir()
        if not path.name.startswith("left")
    }
    expected[office.folder / "aside_2022-03-31.txt"] = None
    expected[office.folder / "read_2022-03-30.csv.manifest.yml"] = ""
    office.drop("left_2022-03-31.csv", TWO)
    first = ingest(office.settings, office.contract, files, run_at=next(office.days))
    again = ingest(office.settings, office.contract, files, run_at=next(office.days))
    assert first.taken == again.taken == expected


def test_other_bytes_of_the_same_size_and_time_are_seen_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a tool leaves them that copies times along, in the middle of the reading."""
    office.drop("a_2022-03-31.csv", TWO)
    open_table = reading.open_table

    @contextmanager
    def open_while_it_is_replaced(*arguments: Any) -> Iterator[Any]:
        with open_table(*arguments) as table:
            office.mtime -= 1
            office.drop("a_2022-03-31.csv", TWO.replace("b,", "z,"))
            yield table

    monkeypatch.setattr(reading, "open_table", open_while_it_is_replaced)
    outcome = office.run()
    assert outcome.unsettled[0].startswith("dossiers/a_2022-03-31.csv changed while it was read")
    assert office.accounts() == []
    monkeypatch.undo()
    office.run()
    assert office.standing_rows() == ["a", "z"]


def test_with_the_clock_set_back_the_later_arrival_still_stands(office: Office) -> None:
    office.drop("a_2022-03-31.csv", ONE)
    office.run()
    office.days = iter([START - timedelta(days=3), START - timedelta(days=2)])
    office.drop("b_2022-03-31.csv", TWO)
    office.run()
    office.drop("c_2022-03-31.csv", ONE.replace("a,", "c,"))
    office.run()
    assert [(name, status) for name, status, _ in office.states()] == [
        ("a_2022-03-31.csv", "superseded"),
        ("b_2022-03-31.csv", "superseded"),
        ("c_2022-03-31.csv", "loaded"),
    ]


def test_lost_rows_are_read_again(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    office.run()
    (account,) = office.accounts()
    assert account.rows_sha256 == hash_of_rows(office.store.parquet_path(account.extract_id))
    office.store.parquet_path(account.extract_id).unlink()
    assert office.run().changed == [account.extract_id]
    assert office.standing_rows() == ["a", "b"]
    assert not office.run().is_news


def test_damaged_accounts_are_named(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    office.run()
    (account,) = office.accounts()
    path = office.store.folder / "accounts" / f"{account.extract_id}.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DamagedAccountsError, match="Run `qo nightly`") as caught:
        office.run()
    assert caught.value.paths == (path,)


def test_progress_tells_each_file(office: Office) -> None:
    office.drop("a_2022-03-31.csv", BAD_ROW)
    office.drop("b_2022-03-31.csv", BAD_ROW)
    office.drop("c.csv")
    told: list[str] = []
    files = scan(office.settings)["dossiers"]
    ingest(office.settings, office.contract, files, run_at=START, progress=told.append)
    assert told[0] == "dossiers/a_2022-03-31.csv: 2 rows, 1 accepted, 1 rejected, 0 repeated"
    assert told[1] == "dossiers/b_2022-03-31.csv: a copy of a file that was read before"
    assert told[2].startswith("dossiers/c.csv: rejected. The extract has no date")


def test_a_half_written_store_is_mended_by_the_next_run(office: Office) -> None:
    office.drop("a_2022-03-31.csv", TWO)
    office.run()
    (account,) = office.accounts()
    (office.store.folder / "accounts" / f"{account.extract_id}.json").unlink()
    office.store.parquet_path(account.extract_id).write_bytes(b"half")
    assert office.run().new == [account.extract_id]
    assert office.standing_rows() == ["a", "b"]


EVENT_LOG = """\
step,case,begun,until,ended,via
T1,case-1,2011-10-11 13:42:22.688000+02:00,2011-12-06 13:41:31.788000+01:00,,Internet
T2,case-1,2011-10-11 13:42:22.688000+02:00,2011-12-06 13:41:31.788000+01:00,,Internet
T1,case-2,2011-03-28 10:00:00+02:00,2011-05-23 00:00:00+02:00,2011-05-23 09:30:00+02:00,Desk
T2,case-2,2011-03-28 10:00:00+02:00,2011-05-23 00:00:00+02:00,2011-05-23 09:30:00+02:00,Desk
T3,case-2,2011-03-28 10:00:00+02:00,2011-05-23 00:00:00+02:00,2011-05-23 09:30:00+02:00,Desk
T1,case-3,2011-01-10 09:20:00.500000+01:00,2011-01-12 00:00:00+01:00,2011-01-10 09:17:00+01:00,Post
"""


def test_an_event_log_with_repeats_mixed_offsets_and_no_status(
    settings: Settings, make_contract: MakeContract
) -> None:
    contract = make_contract(
        source="permits",
        timezone="Europe/Amsterdam",
        extracted_on=None,
        columns={
            "dossier_id": {"headers": "case"},
            "received_at": {"headers": "begun"},
            "due_at": {"headers": "until"},
            "completed_at": {"headers": "ended"},
            "status": {"from": "completed_at", "present": "result_ready", "absent": "processing"},
            "channel": {
                "headers": "via",
                "values": {"online": "Internet", "counter": "Desk", "postal": "Post"},
            },
        },
    )
    office = Office(settings, contract)
    office.drop("log.csv", EVENT_LOG, "extracted_on: 2012-01-23\nrows: 6\n")
    assert not office.run().rejected
    (account,) = office.accounts()
    assert (account.rows_read, account.rows_accepted, account.rows_duplicate) == (6, 3, 3)
    frame = pl.read_parquet(office.store.parquet_path(account.extract_id))
    assert frame.select("dossier_id", "received_at", "due_at", "status", "channel").rows() == [
        (
            "case-1",
            datetime(2011, 10, 11, 13, 42, 22),
            datetime(2011, 12, 6, 13, 41, 31),
            "processing",
            "online",
        ),
        ("case-2", datetime(2011, 3, 28, 10), datetime(2011, 5, 23), "result_ready", "counter"),
        (
            "case-3",
            datetime(2011, 1, 10, 9, 20),
            datetime(2011, 1, 12),
            "result_ready",
            "postal",
        ),
    ]
    assert frame["_row_number"].to_list() == [2, 4, 7]
