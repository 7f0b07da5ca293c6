"""T59: a column in which a spreadsheet exchanged some days and months refuses the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.extracts.layout.headers import HeaderMatcher
from tests.unit.extracts.whole import account, read_table

Dates = Sequence[str | date]
MakeContract = Callable[..., Contract]
Try = Callable[..., int]

QUARTER = [date(2022, 1, 1) + timedelta(days=day) for day in range(90)]


@pytest.fixture
def attempt(make_contract: MakeContract, tmp_path: Path) -> Try:
    """Accounts for a workbook with these deadlines, texts or true dates; gives rows accepted."""

    def run(deadlines: Dates, **rule: object) -> int:
        columns = {"dossier_id": {}, "received_at": {}, "due_at": rule, "status": {}}
        contract = make_contract(columns=columns)
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["Mã hồ sơ", "Ngày tiếp nhận", "Trạng thái", "Ngày hẹn trả"])
            for place, deadline in enumerate(deadlines, start=1):
                sheet.write_row(place, 0, [f"HS-{place}", "01/01/2022", "Đang xử lý"])
                sheet.write(place, 3, deadline, None if isinstance(deadline, str) else day)
        table = read_table(path, HeaderMatcher(contract))
        return account(table.frame, contract, None).rows_accepted

    return run


def as_english_excel_reads(day: date) -> str | date:
    """Typed dd/MM/yyyy: a date with the parts exchanged where that exists, else the text."""
    return date(day.year, day.day, day.month) if day.day <= 12 else f"{day:%d/%m/%Y}"


def test_t59_a_column_with_exchanged_days_and_months_refuses_the_file(attempt: Try) -> None:
    with pytest.raises(RejectedFileError) as refusal:
        attempt([as_english_excel_reads(day) for day in QUARTER])
    sentence = str(refusal.value)
    assert sentence.startswith("DAY_MONTH_SWAP: in Ngày hẹn trả (due_at) all 36 true dates")
    assert "all 54 dates kept as text" in sentence


def test_sentinels_and_unreadable_values_prove_nothing(attempt: Try) -> None:
    odd = ["01/01/1900", "00/00/0000", "sau", "", "-"]
    with pytest.raises(RejectedFileError, match="DAY_MONTH_SWAP"):
        attempt([*odd, *map(as_english_excel_reads, QUARTER)])


@pytest.mark.parametrize(
    "deadlines",
    [
        pytest.param(QUARTER, id="true dates alone"),
        pytest.param([f"{day:%d/%m/%Y}" for day in QUARTER], id="texts alone"),
        pytest.param(QUARTER[:12], id="the first days of a month, true dates"),
        pytest.param([f"{day:%d/%m/%Y}" for day in QUARTER[:12]], id="the same as texts"),
        pytest.param([*QUARTER[:45], *(f"{day:%d/%m/%Y}" for day in QUARTER[45:])], id="both"),
        pytest.param(
            ["05/01/2022", *map(as_english_excel_reads, QUARTER)], id="one text with a day up to 12"
        ),
        pytest.param(
            [date(2022, 1, 13), *map(as_english_excel_reads, QUARTER)],
            id="one true date with a day above 12",
        ),
        pytest.param(
            [date(2022, 1, 3), date(2022, 1, 4), *["15/01/2022"] * 40], id="two typed by hand"
        ),
    ],
)
def test_what_is_told_apart_by_nothing_but_chance_is_read(attempt: Try, deadlines: Dates) -> None:
    assert attempt(deadlines) == len(deadlines)


def test_the_least_evidence_is_six_values_two_of_a_kind(attempt: Try) -> None:
    true, texts = [date(2022, 1, day) for day in (2, 3, 4, 5)], ["15/01/2022", "16/01/2022"]
    assert attempt([*true[:3], *texts]) == 5
    assert attempt([*true, true[0], texts[0]]) == 6
    with pytest.raises(RejectedFileError, match="DAY_MONTH_SWAP"):
        attempt([*true, *texts])


def test_a_contract_with_the_month_first_is_taken_at_its_word(attempt: Try) -> None:
    deadlines = [date(2022, 1, 2), date(2022, 1, 3), date(2022, 1, 4), *["01/15/2022"] * 3]
    assert attempt(deadlines, formats=["%m/%d/%Y"]) == 6
