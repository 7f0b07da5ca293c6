"""What ingest keeps of a sheet: its counts, what was left out, and why a file was refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.ingest import ingest, ingest_without_contract
from pipelines.extracts.landing import NO_FOLDER, scan
from pipelines.extracts.outcome import IngestOutcome
from pipelines.extracts.rawstore import Account, RawStore
from pipelines.settings import Settings

RUN_AT = datetime(2022, 4, 1, tzinfo=UTC)
SHEET = """\
DANH SÁCH HỒ SƠ;;;
STT;Mã hồ sơ;Ngày tiếp nhận;Trạng thái
(1);(2);(3);(4)
I;Sở A;;
1;a;03/01/2022;Đang xử lý
2;a;03/01/2022;Đang xử lý
3;b;sau;Đang xử lý
4;;03/01/2022;Đang xử lý
;;;
Tổng cộng;{};;
Người lập biểu;;;
"""


@pytest.fixture
def take(
    settings: Settings, make_contract: Callable[..., Contract]
) -> Callable[[str], tuple[IngestOutcome, Account]]:
    """Ingests one file of dossiers."""

    def run(content: str) -> tuple[IngestOutcome, Account]:
        columns = {name: {} for name in ("dossier_id", "received_at", "status")}
        path = settings.landing / "dossiers" / "hs_2022-03-31.csv"
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
        files = scan(settings)["dossiers"]
        outcome = ingest(settings, make_contract(columns=columns), files, run_at=RUN_AT)
        (account,) = RawStore(settings.raw, "dossiers").accounts()
        return outcome, account

    return run


Take = Callable[[str], tuple[IngestOutcome, Account]]


def test_every_data_row_is_accounted_for_and_the_rest_is_counted(take: Take) -> None:
    outcome, account = take(SHEET.format(4))
    assert (account.rows_read, account.rows_accepted) == (4, 1)
    assert (account.rows_rejected, account.rows_duplicate) == (2, 1)
    assert account.furniture == {
        "blank": 1,
        "column_numbers": 1,
        "group": 1,
        "signature": 1,
        "total": 1,
    }
    facts = outcome.facts["hs_2022-03-31.csv"]
    assert facts.furniture == account.furniture
    assert facts.as_metadata()["rows_rejected"] == 2


def test_rejected_rows_have_the_number_a_person_sees(take: Take, settings: Settings) -> None:
    _, account = take(SHEET.format(4))
    lines = RawStore(settings.raw, "dossiers").rejected_path(account.extract_id).read_text("utf-8")
    assert '"row_number":7' in lines
    assert '"raw_value":"sau"' in lines
    assert '"row_number":8' in lines


def test_a_contradicting_total_rejects_the_file_as_a_whole(take: Take) -> None:
    outcome, account = take(SHEET.format(5))
    assert (account.status, account.rows_read) == ("rejected", None)
    assert account.error is not None
    assert account.error.startswith("TOTALS_MISMATCH: row 10 (tổng cộng) states 5")
    assert outcome.facts == {}


def test_a_file_in_no_folder_is_refused_with_where_to_put_it(settings: Settings) -> None:
    settings.landing.mkdir(parents=True)
    (settings.landing / "hs.csv").write_text("a\n", encoding="utf-8")
    files = scan(settings)[NO_FOLDER]
    outcome = ingest_without_contract(settings, NO_FOLDER, files, run_at=RUN_AT)
    (account,) = outcome.rejected
    assert account.error == (
        "The file lies in landing/ itself: move it to the folder of its source."
    )
    assert RawStore(settings.raw, NO_FOLDER).accounts() == [account]
