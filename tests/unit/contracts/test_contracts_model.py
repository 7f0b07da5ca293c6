from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.contracts.model import Contract
from pipelines.contracts.rule import ColumnRule

MakeContract = Callable[..., Contract]

BOSTON = {
    "source": "boston_permits",
    "dataset": "dossiers",
    "files": "*.csv",
    "mode": "changes",
    "extracted_on": r"(\d{4}-\d{2}-\d{2})",
    "cadence": "daily",
    "timezone": "America/New_York",
    "precision": "date",
    "null_values": ["", "N/A", "-"],
    "columns": {
        "dossier_id": {"headers": ["CASE_ENQUIRY_ID"], "required": True},
        "received_at": {"headers": ["OPEN_DT"], "formats": ["%m/%d/%Y %I:%M:%S %p"]},
        "due_at": {"headers": ["TARGET_DT"], "formats": ["%m/%d/%Y %I:%M:%S %p"]},
        "status": {
            "headers": ["CASE_STATUS"],
            "values": {"processing": ["Open"], "result_ready": ["Closed"]},
            "required": True,
        },
        "channel": {
            "headers": ["Source"],
            "values": {"online": ["Self Service"], "counter": ["Constituent Call"]},
        },
        "unit_id": {"headers": ["SUBJECT"]},
        "authority": {"constant": "ppc"},
    },
}


def problems(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, str]:
    return {
        ".".join(str(part) for part in fault["loc"]): fault["msg"] for fault in error.value.errors()
    }


def test_a_contract_of_another_country_is_taken_as_written() -> None:
    contract = Contract.model_validate(BOSTON)
    assert contract.mode == "changes"
    assert contract.data.name == "dossiers"
    assert contract.zone.key == "America/New_York"
    assert contract.headers_of("due_at") == ("target_dt", "due_at")
    assert contract.labels_of("status")["closed"] == "result_ready"
    assert contract.constant_of("authority") == "ppc"
    assert contract.null_values == ("", "N/A", "-")


def test_defaults(dossiers: MakeContract) -> None:
    contract = dossiers()
    assert (contract.mode, contract.cadence, contract.precision) == ("full", "daily", "date")
    assert contract.timezone == "Asia/Ho_Chi_Minh"
    assert contract.files == ("*",)


def test_formats_are_given_as_polars_writes_them(dossiers: MakeContract) -> None:
    contract = dossiers({"due_at": {"formats": ["%d/%m/%Y", "%Y-%m-%d %H:%M:%S.%f"]}})
    assert contract.formats_of("due_at") == ("%d/%m/%Y", "%Y-%m-%d %H:%M:%S%.f")
    assert contract.formats_of("received_at") == ()


def test_contracts_and_rules_cannot_be_changed(dossiers: MakeContract) -> None:
    contract = dossiers()
    with pytest.raises(ValidationError, match="frozen"):
        contract.mode = "changes"
    with pytest.raises(ValidationError, match="frozen"):
        contract.columns["status"].required = True


def test_listed_headers_come_first_and_silent_rules_take_the_vietnamese_one(
    dossiers: MakeContract,
) -> None:
    contract = dossiers({"due_at": {"headers": ["Ngày  hẹn mới", "DUE"]}, "returned_at": {}})
    assert contract.headers_of("due_at") == ("ngày hẹn mới", "due", "due_at")
    assert contract.headers_of("returned_at") == ("ngày trả", "returned_at")
    assert contract.headers_of("completed_at") == ()


def test_a_header_listed_for_one_column_no_longer_names_another(dossiers: MakeContract) -> None:
    contract = dossiers(
        {
            "completed_at": {"headers": ["Ngày trả"]},
            "returned_at": {},
            "field": {"headers": "unit_id"},
            "unit_id": {"headers": "X"},
        }
    )
    assert contract.headers_of("completed_at") == ("ngày trả", "completed_at")
    assert contract.headers_of("returned_at") == ("returned_at",)
    assert contract.headers_of("field") == ("unit_id", "field")
    assert contract.headers_of("unit_id") == ("x",)


def test_labels_add_to_the_known_ones_and_win_over_them(dossiers: MakeContract) -> None:
    plain = dossiers()
    assert plain.labels_of("status")["trả lại"] == "withdrawn"
    assert plain.labels_of("status")["result_ready"] == "result_ready"
    assert "từ chối" not in plain.labels_of("status")
    mapped = dossiers({"status": {"values": {"refused": ["Từ chối", "Trả lại"]}}})
    assert mapped.labels_of("status")["từ chối"] == "refused"
    assert mapped.labels_of("status")["trả lại"] == "refused"
    assert mapped.labels_of("status")["đang xử lý"] == "processing"
    assert plain.labels_of("unit_name") == {}


def test_yes_and_no(dossiers: MakeContract) -> None:
    labels = dossiers().labels_of("process_conforming")
    assert {label for label, code in labels.items() if code == "true"} == {"có", "x", "1", "true"}
    assert {label for label, code in labels.items() if code == "false"} == {"không", "0", "false"}
    own = dossiers({"process_conforming": {"values": {"true": "Đạt"}}})
    assert own.labels_of("process_conforming")["đạt"] == "true"


def test_which_columns_a_file_must_have(dossiers: MakeContract) -> None:
    contract = dossiers(
        {
            "status": {"from": "completed_at", "present": "result_ready", "absent": "processing"},
            "completed_at": {},
            "due_at": {"required": True},
            "channel": {"constant": "online"},
        }
    )
    read = ("dossier_id", "received_at", "due_at", "completed_at")
    assert contract.columns_read == read
    assert contract.columns_required == ("dossier_id", "received_at", "due_at")
    assert contract.columns_needed == read
    assert contract.headers_of("status") == ()
    assert contract.headers_of("channel") == ()


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("authority", "UBND Tỉnh", "ppc"),
        ("supplement_count", 2, 2),
        ("deadline_exempt", "Có", True),
        ("deadline_exempt", "false", False),
        ("due_at", "2022-03-31", datetime(2022, 3, 31)),
        ("due_at", "2022-03-31T23:30:00Z", datetime(2022, 4, 1, 6, 30)),
        ("unit_name", " Văn phòng ", "Văn phòng"),
    ],
)
def test_constants_are_typed(
    dossiers: MakeContract, column: str, text: object, value: object
) -> None:
    constant = dossiers({column: {"constant": text}}).constant_of(column)
    assert constant == value
    assert type(constant) is type(value)


def test_constants_of_dates_and_months() -> None:
    columns = {"procedure_id": {}, "procedure_name": {}, "valid_from": {"constant": "2022-01-01"}}
    procedures = Contract(source="p", dataset="procedures", columns=columns)
    assert procedures.constant_of("valid_from") == date(2022, 1, 1)
    columns = {"unit_id": {}, "dossiers_outside": {}, "month": {"constant": "2022-13"}}
    with pytest.raises(ValidationError, match="expected a month like 2022-01"):
        Contract(source="o", dataset="dossiers_outside_system", columns=columns)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("dossiers_2022-03-31.csv", date(2022, 3, 31)),
        ("20220331.csv.gz", date(2022, 3, 31)),
        ("31-03-2022.xlsx", date(2022, 3, 31)),
        ("2021-12-31/dossiers_2022-03-31.csv", date(2022, 3, 31)),
        ("dossiers_2022-03-31 (2022-03-31).csv", date(2022, 3, 31)),
        ("dossiers_2022-01-01_2022-03-31.csv", None),
        ("dossiers_2022-02-30.csv", None),
        ("12345678_2022-03-31.csv", date(2022, 3, 31)),
        ("dossiers.csv", None),
    ],
)
def test_the_date_in_a_name(dossiers: MakeContract, name: str, day: date | None) -> None:
    pattern = r"(?<!\d)(\d{4}-\d{2}-\d{2}|\d{2}-\d{2}-\d{4}|\d{8})(?!\d)"
    assert dossiers(extracted_on=pattern).date_in(name) == day
    assert dossiers().date_in(name) is None


def test_which_files_belong_to_a_source(dossiers: MakeContract) -> None:
    contract = dossiers(files=["cases_*.csv", "2022/*.xlsx"])
    assert contract.accepts("CASES_1.CSV")
    assert contract.accepts("cases_1.csv.gz")
    assert contract.accepts("2022/cases_1.csv")
    assert not contract.accepts("2021/a.xlsx")
    assert contract.accepts("2022/a.xlsx")
    assert not contract.accepts("notes.csv")
    assert dossiers(files="*").accepts("any/thing.json.gz")


def test_the_version_changes_with_the_contract_and_with_nothing_else(
    dossiers: MakeContract,
) -> None:
    version = dossiers().version
    assert len(version) == 12
    assert int(version, 16) >= 0
    assert dossiers(mode="full").version == version
    assert dossiers({"status": {"values": {"refused": "Từ chối"}}}).version != version
    assert dossiers(null_values=["N/A"]).version != version


@pytest.mark.parametrize(
    ("keys", "key", "reason"),
    [
        ({"source": "../up"}, "source", "no folder name"),
        ({"dataset": "dosiers"}, "dataset", "known ones are dossiers, documents"),
        ({"mode": "delta"}, "mode", "'full', 'changes' or 'period'"),
        ({"cadence": "hourly"}, "cadence", "'once'"),
        ({"precision": "second"}, "precision", "'timestamp'"),
        ({"timezone": "Asia/Hue"}, "timezone", "no time zone"),
        ({"timezone": "../etc/passwd"}, "timezone", "no time zone"),
        ({"extracted_on": "(["}, "extracted_on", "not a regular expression"),
        ({"extracted_on": "2022"}, "extracted_on", "0 groups"),
        ({"extracted_on": "(a)(b)"}, "extracted_on", "2 groups"),
        ({"sheets": "A"}, "sheets", "not permitted"),
        ({"files": [""]}, "files.0", "pattern"),
    ],
)
def test_a_bad_key_is_refused(
    dossiers: MakeContract, keys: dict[str, Any], key: str, reason: str
) -> None:
    with pytest.raises(ValidationError) as error:
        dossiers(**keys)
    assert reason in problems(error)[key]


@pytest.mark.parametrize(
    ("columns", "key", "reason"),
    [
        ({"color": {}}, "color", "dossiers has no such column"),
        ({"status": {"values": {"open": "Mở"}}}, "status.values.open", "no code of status"),
        (
            {"status": {"values": {"processing": "Mở", "accepted": "MỞ "}}},
            "status.values",
            "'mở' stands for accepted and processing",
        ),
        ({"unit_id": {"values": {"a": "b"}}}, "unit_id.values", "not a category"),
        ({"due_at": {"headers": ["A"]}, "field": {"headers": ["a:"]}}, "field.headers", "due_at"),
        ({"unit_name": {"formats": "%Y-%m-%d"}}, "unit_name.formats", "holds no dates"),
        ({"due_at": {"formats": "%d/%m"}}, "due_at.formats", "does not say the year"),
        ({"authority": {"constant": "king"}}, "authority.constant", "expected one of ppc"),
        ({"supplement_count": {"constant": "two"}}, "supplement_count.constant", "whole number"),
        ({"due_at": {"constant": "31/03/2022"}}, "due_at.constant", "a date or time like"),
        ({"field": {"constant": " "}}, "field.constant", "expected some text"),
        ({"field": {"constant": "a", "headers": "B"}}, "field", "give only one"),
        ({"status": {"present": "accepted"}}, "status.from", "is missing"),
        (
            {"status": {"from": "due_at", "present": "open", "absent": "accepted"}, "due_at": {}},
            "status.from",
            "not open",
        ),
        (
            {"status": {"from": "due_at", "present": "accepted"}, "due_at": {}},
            "status.from",
            "not None",
        ),
        (
            {"status": {"from": "field", "present": "accepted", "absent": "refused"}, "field": {}},
            "status.from",
            "not a date column",
        ),
        (
            {"status": {"from": "due_at", "present": "accepted", "absent": "refused"}},
            "status.from",
            "not among the columns",
        ),
        (
            {
                "status": {"from": "due_at", "present": "accepted", "absent": "refused"},
                "due_at": {"constant": "2022-01-01"},
            },
            "status.from",
            "not read from the file",
        ),
        (
            {"unit_id": {"from": "due_at", "present": "a", "absent": "b"}, "due_at": {}},
            "unit_id.from",
            "cannot be derived",
        ),
    ],
)
def test_a_bad_column_is_refused(
    dossiers: MakeContract, columns: dict[str, Any], key: str, reason: str
) -> None:
    with pytest.raises(ValidationError) as error:
        dossiers(columns)
    assert reason in problems(error)[f"columns.{key}"]


@pytest.mark.parametrize("missing", ["dossier_id", "received_at", "status"])
def test_what_the_dataset_requires_must_be_mapped(missing: str) -> None:
    columns = {name: {} for name in ("dossier_id", "received_at", "status") if name != missing}
    with pytest.raises(ValidationError) as error:
        Contract.model_validate({"source": "s", "dataset": "dossiers", "columns": columns})
    assert "cannot do without it" in problems(error)[f"columns.{missing}"]


def test_a_key_that_may_be_null_need_not_be_mapped() -> None:
    columns = {"procedure_id": ColumnRule(), "procedure_name": ColumnRule()}
    assert Contract(source="p", dataset="procedures", columns=columns).columns == columns


def test_a_misshapen_column_does_not_hide_the_faults_of_the_others(dossiers: MakeContract) -> None:
    with pytest.raises(ValidationError) as error:
        dossiers({"status": {"header": "A"}, "field": {"constant": ""}, "color": {}}, mode="all")
    assert set(problems(error)) == {
        "mode",
        "columns.status.header",
        "columns.field.constant",
        "columns.color",
    }
