"""Every row is accepted, rejected or a duplicate: one passing and one failing input per fault."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.model import Contract
from tests.unit.extracts.whole import WholeAccount, account

AccountFor = Callable[..., WholeAccount]
MakeContract = Callable[..., Contract]

GOOD = {
    "dossier_id": "H57.12-220301-0001",
    "received_at": "01/03/2022 08:00:00",
    "due_at": "15/03/2022 08:00:00",
    "completed_at": "14/03/2022 16:00:00",
    "returned_at": None,
    "status": "Đã xử lý xong",
    "channel": "Trực tuyến",
}


def row(**changes: str | None) -> dict[str, str | None]:
    return {**GOOD, **changes}


def faults(accounted: WholeAccount) -> list[tuple[Any, ...]]:
    return accounted.rejected.select("_row_number", "code", "column_name", "raw_value").rows()


def test_a_sound_row_is_accepted_and_typed(account_for: AccountFor) -> None:
    accounted = account_for([GOOD])
    assert (accounted.rows_read, accounted.rows_accepted) == (1, 1)
    found = accounted.accepted.row(0, named=True)
    assert found["received_at"] == datetime(2022, 3, 1, 8)
    assert (found["status"], found["channel"]) == ("result_ready", "online")
    assert (found["unit_id"], found["supplement_count"]) == (None, None)
    assert found["_row_number"] == 2
    assert accounted.rejected.is_empty()
    assert accounted.issues.is_empty()


FAULTS = {
    "UNMAPPED_STATUS": (row(status="Chờ liên thông thuế"), "status", "Chờ liên thông thuế"),
    "UNMAPPED_VALUE": (row(channel="Qua Zalo"), "channel", "Qua Zalo"),
    "MISSING_REQUIRED": (row(received_at="-"), "received_at", "-"),
    "UNREADABLE_REQUIRED": (row(received_at="31/02/2022"), "received_at", "31/02/2022"),
    "CLOSE_BEFORE_RECEIVE": (
        row(completed_at="28/02/2022 23:59:00"),
        "completed_at",
        "28/02/2022 23:59:00",
    ),
    "FUTURE_CLOSE": (row(completed_at="01/04/2022"), "completed_at", "01/04/2022"),
}


@pytest.mark.parametrize("code", FAULTS)
def test_each_row_fault_rejects_its_row_alone(account_for: AccountFor, code: str) -> None:
    bad, column, raw_value = FAULTS[code]
    accounted = account_for([row(dossier_id="other"), bad])
    assert faults(accounted) == [(3, code, column, raw_value)]
    assert accounted.rejected["case_id"].to_list() == [GOOD["dossier_id"]]
    assert accounted.accepted["dossier_id"].to_list() == ["other"]
    assert (accounted.rows_rejected, accounted.rows_duplicate) == (1, 0)


@pytest.mark.parametrize(
    "good",
    [
        row(status="  ĐÃ XỬ LÝ XONG "),
        row(channel=None),
        row(received_at=None, completed_at=None, status="Mới đăng ký"),
        row(received_at="00/00/0000", completed_at=None, status="Đã hủy"),
        row(completed_at="01/03/2022 07:00:00"),
        row(completed_at="31/03/2022 23:59:59"),
        row(completed_at=None, returned_at=None),
        row(completed_at="14/03/2022", returned_at="05/04/2022"),
    ],
    ids=lambda good: " ".join(f"{k}={v}" for k, v in good.items() if GOOD[k] != v),
)
def test_what_is_no_fault_stays(account_for: AccountFor, good: dict[str, str | None]) -> None:
    assert account_for([good]).rows_accepted == 1


def test_returned_counts_where_completed_is_empty(account_for: AccountFor) -> None:
    early = account_for([row(completed_at=None, returned_at="28/02/2022")])
    assert faults(early) == [(2, "CLOSE_BEFORE_RECEIVE", "returned_at", "28/02/2022")]
    late = account_for([row(completed_at=None, returned_at="01/04/2022")])
    assert faults(late) == [(2, "FUTURE_CLOSE", "returned_at", "01/04/2022")]


def test_a_missing_begin_is_a_fault_for_other_statuses(account_for: AccountFor) -> None:
    accounted = account_for([row(received_at=None, completed_at=None, status="Đang xử lý")])
    assert faults(accounted) == [(2, "MISSING_REQUIRED", "received_at", None)]


def test_a_row_with_several_faults_is_one_row_with_a_line_each(account_for: AccountFor) -> None:
    accounted = account_for([row(dossier_id=None, status="lạ", received_at="x")])
    assert sorted(line[1:3] for line in faults(accounted)) == [
        ("MISSING_REQUIRED", "dossier_id"),
        ("UNMAPPED_STATUS", "status"),
        ("UNREADABLE_REQUIRED", "received_at"),
    ]
    assert accounted.rows_rejected == 1
    assert accounted.rejected["case_id"].to_list() == [None] * 3


def test_identical_repeats_count_once(account_for: AccountFor) -> None:
    accounted = account_for([GOOD, row(received_at="2022-03-01T08:00:00"), GOOD])
    assert accounted.accepted["_row_number"].to_list() == [2]
    assert (accounted.rows_duplicate, accounted.rows_rejected) == (2, 0)


def test_conflicting_repeats_are_rejected_all(account_for: AccountFor) -> None:
    accounted = account_for([GOOD, row(dossier_id="other"), row(status="Đang xử lý"), GOOD])
    assert faults(accounted) == [
        (number, "DUP_KEY", "dossier_id", GOOD["dossier_id"]) for number in (2, 4, 5)
    ]
    assert accounted.rejected["reason"][0] == (
        "The key H57.12-220301-0001 stands in rows 2, 4, 5 with different status: "
        "keep the right one."
    )
    assert (accounted.rows_accepted, accounted.rows_duplicate) == (1, 0)


def test_a_faulty_repeat_that_differs_is_a_conflict_for_both(account_for: AccountFor) -> None:
    accounted = account_for([GOOD, row(status="lạ")])
    assert sorted(line[:2] for line in faults(accounted)) == [
        (2, "DUP_KEY"),
        (3, "DUP_KEY"),
        (3, "UNMAPPED_STATUS"),
    ]


def test_faulty_rows_are_rejected_even_where_they_repeat(account_for: AccountFor) -> None:
    accounted = account_for([row(status="lạ"), row(status="lạ")])
    assert (accounted.rows_rejected, accounted.rows_duplicate) == (2, 0)


def test_keys_of_several_parts(account_for: AccountFor, make_contract: MakeContract) -> None:
    contract = make_contract("procedures")
    base = {"procedure_id": "1.001230", "procedure_name": "Cấp phép"}
    accounted = account_for(
        [
            base,
            {**base, "valid_from": "01/01/2022"},
            {**base, "valid_from": "01/01/2022"},
            {**base, "procedure_name": "Khác"},
        ],
        contract,
    )
    assert faults(accounted) == [
        (number, "DUP_KEY", "procedure_id, valid_from", "1.001230|") for number in (2, 5)
    ]
    assert accounted.accepted["valid_from"].to_list() == [date(2022, 1, 1)]
    assert accounted.rows_duplicate == 1


def test_an_unreadable_optional_value_becomes_an_issue(account_for: AccountFor) -> None:
    accounted = account_for([row(due_at="sau Tết"), row(dossier_id="b", due_at="20/03/2022")])
    assert accounted.rows_accepted == 2
    assert accounted.accepted["due_at"].to_list() == [None, datetime(2022, 3, 20)]
    assert accounted.issues.select("_row_number", "code", "column_name", "raw_value").rows() == [
        (2, "UNREADABLE_VALUE", "due_at", "sau Tết")
    ]


def test_sentinel_deadlines_and_future_receipts_are_flagged_only(account_for: AccountFor) -> None:
    accounted = account_for(
        [
            row(due_at="31/12/9999"),
            row(dossier_id="b", received_at="02/04/2022", completed_at=None, status="Đang xử lý"),
            row(dossier_id="c", due_at=""),
        ]
    )
    assert accounted.issues.select("_row_number", "code", "case_id").rows() == [
        (2, "SENTINEL_DUE", GOOD["dossier_id"]),
        (3, "FUTURE_RECEIVE", "b"),
    ]
    assert accounted.rows_accepted == 3


def test_issues_of_rejected_rows_are_not_kept(account_for: AccountFor) -> None:
    accounted = account_for([row(due_at="x", status="lạ")])
    assert accounted.issues.is_empty()


def test_raw_values_are_cut(account_for: AccountFor) -> None:
    accounted = account_for([row(status="dài " * 100)])
    assert accounted.rejected["raw_value"].str.len_chars().to_list() == [80]


def test_constant_and_derived_columns(account_for: AccountFor, make_contract: MakeContract) -> None:
    contract = make_contract(
        columns={
            "dossier_id": {},
            "received_at": {},
            "completed_at": {},
            "status": {"from": "completed_at", "present": "result_ready", "absent": "processing"},
            "authority": {"constant": "ppc"},
        }
    )
    texts = ("14/03/2022", None, "00/00/0000", "không rõ ngày")
    accounted = account_for(
        [
            {"dossier_id": str(place), "received_at": "01/03/2022", "completed_at": text}
            for place, text in enumerate(texts)
        ],
        contract,
    )
    assert accounted.accepted["status"].to_list() == [
        "result_ready",
        "processing",
        "processing",
        "result_ready",
    ]
    assert accounted.accepted["authority"].unique().to_list() == ["ppc"]
    assert accounted.issues["code"].to_list() == ["UNREADABLE_VALUE"]


def test_a_column_that_the_contract_requires_is_required(
    account_for: AccountFor, make_contract: MakeContract
) -> None:
    columns = {name: {} for name in GOOD} | {"due_at": {"required": True}}
    accounted = account_for([row(due_at=None)], make_contract(columns=columns))
    assert faults(accounted) == [(2, "MISSING_REQUIRED", "due_at", None)]


def test_rows_with_more_cells_than_the_header_are_rejected(account_for: AccountFor) -> None:
    accounted = account_for([row(_overflow="tràn"), row(dossier_id="b", _overflow=None)])
    assert faults(accounted) == [(2, "UNREADABLE_REQUIRED", None, None)]
    assert accounted.rows_accepted == 1


def test_no_rows_at_all(account_for: AccountFor) -> None:
    accounted = account_for([GOOD])
    nothing = account_for([], on=None)
    assert nothing.rows_read == 0
    assert nothing.accepted.schema == accounted.accepted.schema


def test_counts_add_up_over_many_rows(account_for: AccountFor) -> None:
    rows = [
        row(
            dossier_id=str(place // 3),
            status="lạ" if place % 7 == 0 else GOOD["status"],
            due_at="x" if place % 5 == 0 else GOOD["due_at"],
        )
        for place in range(3_000)
    ]
    accounted = account_for(rows)
    assert accounted.rows_read == 3_000
    assert accounted.rejected["_row_number"].n_unique() == accounted.rows_rejected
    assert accounted.accepted["dossier_id"].is_unique().all()
    assert (
        accounted.rows_accepted + accounted.rows_rejected + accounted.rows_duplicate
        == accounted.rows_read
    )
    assert isinstance(accounted.accepted, pl.DataFrame)


def test_faults_are_found_in_columns_read_in_several_chunks(contract: Contract) -> None:
    """A large file arrives in chunks, and most of them hold no faulty row."""
    chunks = [
        pl.DataFrame(
            [row(dossier_id=f"H57.12-220301-{10 * chunk + place:04}") for place in range(10)],
            schema=dict.fromkeys(GOOD, pl.String),
        )
        for chunk in range(4)
    ]
    chunks[2] = chunks[2].with_columns(status=pl.lit("Chờ liên thông thuế"))
    raw = pl.concat(chunks, rechunk=False)
    numbered = raw.with_columns(
        pl.int_range(2, raw.height + 2, dtype=pl.Int64).alias("_row_number")
    )
    accounted = account(numbered, contract, date(2022, 3, 31))
    assert (accounted.rows_accepted, accounted.rows_rejected) == (30, 10)
    assert set(accounted.rejected["raw_value"]) == {"Chờ liên thông thuế"}
