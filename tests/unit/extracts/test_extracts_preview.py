"""What a person is told about one file before it is delivered."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.contracts.model import Contract
from pipelines.extracts.preview import column_letters, preview
from pipelines.settings import Settings

MakeContract = Callable[..., Contract]


@pytest.fixture
def reader(make_contract: MakeContract) -> Contract:
    names = ("dossier_id", "received_at", "due_at", "status")
    return make_contract(columns={name: {} for name in names}, files=["*.csv", "*.xlsx"])


def test_a_text_file(settings: Settings, reader: Contract, tmp_path: Path) -> None:
    path = tmp_path / "hs_2022-03-31.csv"
    path.write_text(
        "Họ tên;Mã hồ sơ;Ngày tiếp nhận;Trạng thái\nA;a;01/03/2022;Đang xử lý\nB;b;x;lạ\n",
        encoding="utf-8",
    )
    found = preview(settings, reader, path)
    facts = found.facts
    assert facts is not None
    assert found.errors == ()
    assert (facts.format, facts.encoding, facts.delimiter) == ("csv", "utf-8", ";")
    assert (facts.header_rows, found.extracted_on) == ((1, 1), date(2022, 3, 31))
    assert facts.matched == {
        "dossier_id": "Mã hồ sơ",
        "received_at": "Ngày tiếp nhận",
        "status": "Trạng thái",
    }
    assert (facts.absent, facts.ignored) == (("due_at",), ("Họ tên",))
    assert (facts.rows_read, facts.rows_accepted, facts.rows_rejected) == (2, 1, 1)
    assert [(fault.row_number, fault.cell, fault.header) for fault in found.faults] == [
        (3, None, "Ngày tiếp nhận"),
        (3, None, "Trạng thái"),
    ]
    assert not settings.data_dir.exists()


def test_faults_of_a_workbook_have_their_cells(
    settings: Settings, reader: Contract, tmp_path: Path
) -> None:
    path = tmp_path / "hs_2022-03-31.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("HS")
        sheet.write_row(2, 1, ["Mã hồ sơ", "Ngày tiếp nhận", "Trạng thái"])
        sheet.write_row(3, 1, ["a", "01/03/2022", "lạ"])
    found = preview(settings, reader, path)
    facts = found.facts
    assert facts is not None
    assert (facts.sheet, facts.header_rows) == ("HS", (3, 3))
    assert [(fault.cell, fault.raw_value, fault.code) for fault in found.faults] == [
        ("D4", "lạ", "UNMAPPED_STATUS")
    ]


def test_every_reason_to_refuse_is_told(
    settings: Settings, reader: Contract, tmp_path: Path
) -> None:
    path = tmp_path / "hs.txt"
    path.write_text("Mã hồ sơ\na\n", encoding="utf-8")
    found = preview(settings, reader, path)
    undated, ignored, missing = found.errors
    assert "has no date" in undated
    assert "*.csv, *.xlsx" in ignored
    assert "Required columns are missing" in missing
    assert found.facts is None


def test_an_undated_file_is_read_all_the_same(
    settings: Settings, reader: Contract, tmp_path: Path
) -> None:
    path = tmp_path / "hs.csv"
    path.write_text("Mã hồ sơ,Ngày tiếp nhận,Trạng thái\na,01/03/2022,Đang xử lý\n", "utf-8")
    found = preview(settings, reader, path)
    assert len(found.errors) == 1
    assert found.facts is not None
    assert (found.facts.rows_read, found.facts.rows_accepted) == (1, 1)


def test_metadata_say_the_same_in_plain_json(
    settings: Settings, reader: Contract, tmp_path: Path
) -> None:
    path = tmp_path / "hs_2022-03-31.csv"
    path.write_text(
        "Quý I/2022,,,\nSTT,Mã hồ sơ,Ngày nhận hồ sơ,Trạng thái\n"
        "STT,Mã hồ sơ,Ngày nhận hồ sơ,Trạng thái\n",
        encoding="utf-8",
    )
    columns = {**reader.columns, "received_at": {"headers": ["Ngày nhận hồ sơ"]}}
    contract = reader.model_validate(reader.model_dump(by_alias=True) | {"columns": columns})
    found = preview(settings, contract, path)
    assert found.facts is not None
    metadata = found.facts.as_metadata()
    assert json.loads(json.dumps(metadata)) == {
        "format": "csv",
        "encoding": "utf-8",
        "delimiter": ",",
        "header_rows": [2, 2],
        "period": ["2022-01-01", "2022-03-31"],
        "matched": {
            "dossier_id": "Mã hồ sơ",
            "received_at": "Ngày nhận hồ sơ",
            "status": "Trạng thái",
        },
        "absent": ["due_at"],
        "ignored": ["STT"],
        "furniture": {"header": 1},
        "rows_read": 0,
        "rows_accepted": 0,
        "rows_rejected": 0,
        "rows_duplicate": 0,
    }


def test_column_letters() -> None:
    names = [column_letters(place) for place in (0, 25, 26, 701, 702)]
    assert names == ["A", "Z", "AA", "ZZ", "AAA"]
