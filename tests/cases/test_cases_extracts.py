"""What extracts look like, and what becomes of their rows."""

from __future__ import annotations

import unicodedata

import pytest

from tests.cases.conftest import Edition

LABEL = "Đang xử lý"
SPELLINGS = {
    "nfc": unicodedata.normalize("NFC", LABEL),
    "nfd": unicodedata.normalize("NFD", LABEL),
    "eth": LABEL.replace("Đ", "\u00d0"),
    "loud": " ĐANG  XỬ LÝ\u00a0",
}
DEADLINES = {
    "zeros": ("00/00/0000", None),
    "year one": ("01/01/0001", None),
    "year 9999": ("31/12/9999", None),
    "empty": ("", None),
    "serial": ("44635", "2022-03-15 00:00:00"),
    "serial text": ("'44635", "2022-03-15 00:00:00"),
    "short year": ("15/03/22", "2022-03-15 00:00:00"),
    "utc": ("2022-03-15T00:00:00Z", "2022-03-15 07:00:00"),
}


def tell(book):
    for name, label in SPELLINGS.items():
        book.dossiers(f"T55-{name}", "03-01 03-10 -", status=label)
    for name, (written, _) in DEADLINES.items():
        book.dossiers(f"T56-{name}", "03-01 - -", on="03-12", due_at=written)
    book.dossiers("T60-conflict", "03-01 03-10 -")
    book.dossiers("T60-conflict", "03-01 03-10 03-09")
    for _ in range(2):
        book.dossiers("T60-repeat", "03-01 03-10 03-09")
    book.dossiers("T60-history", "03-01 03-10 -", on="03-12")
    book.dossiers("T60-history", "03-01 03-10 03-09")
    book.dossiers("T61", "03-01 03-10 -", status="Chờ liên thông thuế")
    tell_city(book)


def tell_city(book):
    name = "UBND thành phố Huế"
    book.units["T62-district"] = {
        "unit_id": "T62-district",
        "unit_name": name,
        "valid_to": "2024-12-31",
    }
    book.units["T62-province"] = {
        "unit_id": "T62-province",
        "unit_name": name,
        "valid_from": "2025-01-01",
    }
    row = {"unit_name": name, "authority": "district", "status": "processing"}
    for year in (2023, 2026):
        received = {"dossier_id": f"T62-{year}", "received_at": f"{year}-02-10"}
        book.add("dossiers", [row | received], on=f"{year}-02-28")


@pytest.mark.parametrize("name", SPELLINGS)
def test_t55_one_label_in_several_spellings_is_one_value(march: Edition, name):
    assert march.fact("fct_dossiers", f"T55-{name}-1")["status"] == "processing"


@pytest.mark.parametrize("name", DEADLINES)
def test_t56_deadline_in_every_form(march: Edition, name):
    due = march.fact("fct_dossiers", f"T56-{name}-1")["due_at"]
    assert (None if due is None else str(due)) == DEADLINES[name][1]


def test_t60_conflicting_repeats_of_a_file_are_all_quarantined(march: Edition):
    assert march.ask("select 1 from marts.fct_dossiers where case_id = 'T60-conflict-1'") == []
    assert march.issues("T60-conflict-1") == {"DUP_KEY"}
    rejected = march.ask(
        "select count(distinct row_number) from marts.data_quality_issues "
        "where case_id = 'T60-conflict-1' and issue_code = 'DUP_KEY'"
    )
    assert rejected == [(2,)]


def test_t60_identical_repeats_count_once(march: Edition):
    assert march.share("T60-repeat", "05b") == "1/1"
    assert march.issues("T60-repeat-1").isdisjoint({"DUP_KEY"})


def test_t60_later_extract_wins_and_the_history_is_kept(march: Edition):
    assert march.share("T60-history", "05b") == "1/1"
    versions = march.ask(
        "select valid_from_extract_on::varchar, valid_to_extract_on::varchar, status "
        "from marts.fct_dossier_versions where case_id = 'T60-history-1' order by 1"
    )
    assert versions == [
        ("2022-03-12", "2022-03-31", "processing"),
        ("2022-03-31", None, "delivered"),
    ]


def test_t61_unknown_status_is_quarantined_not_in_process(march: Edition):
    assert march.ask("select 1 from marts.fct_dossiers where case_id = 'T61-1'") == []
    (row,) = march.rows("select * from marts.data_quality_issues where case_id = 'T61-1'")
    assert (row["issue_code"], row["column_name"]) == ("UNMAPPED_STATUS", "status")
    assert row["raw_value"] == "Chờ liên thông thuế"


def test_t62_one_name_means_the_unit_of_its_time(march: Edition):
    assert march.fact("fct_dossiers", "T62-2023")["unit_id"] == "T62-district"
    assert march.fact("fct_dossiers", "T62-2026")["unit_id"] == "T62-province"
