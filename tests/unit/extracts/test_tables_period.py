"""The period in a title is the extract's own, unless its manifest says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from pipelines.contracts.model import Contract
from pipelines.extracts.ingest import ingest
from pipelines.extracts.landing import scan
from pipelines.extracts.layout.period import period_in
from pipelines.extracts.rawstore import RawStore
from pipelines.settings import Settings

YEAR = 2022
ROWS = "Mã hồ sơ,Ngày tiếp nhận,Trạng thái\na,03/01/2022,Đang xử lý\n"


def days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(f"{YEAR}-{first}"), date.fromisoformat(f"{YEAR}-{last}")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("(Từ ngày 01/01/2022 đến ngày 31/03/2022)", days("01-01", "03-31")),
        ("Từ ngày: 5/1/2022 Đến ngày: 28/2/2022", days("01-05", "02-28")),
        ("từ ngày 01 tháng 01 năm 2022 đến hết ngày 15 tháng 02 năm 2022", days("01-01", "02-15")),
        ("Tháng 3 năm 2022", days("03-01", "03-31")),
        ("BÁO CÁO THÁNG 02/2022", days("02-01", "02-28")),
        ("Quý I/2022", days("01-01", "03-31")),
        ("QUÍ IV NĂM 2022", days("10-01", "12-31")),
        ("6 tháng đầu năm 2022", days("01-01", "06-30")),
        ("6 tháng cuối năm 2022", days("07-01", "12-31")),
        ("9 tháng năm 2022", days("01-01", "09-30")),
        ("Năm 2022", days("01-01", "12-31")),
        ("Huế, ngày 05 tháng 01 năm 2022", None),
        ("Kèm theo Công văn số 12/UBND ngày 05/01/2022", None),
        ("Từ ngày 31/03/2022 đến ngày 01/01/2022", None),
        ("Từ ngày 31/02/2022 đến ngày 01/04/2022", None),
        ("DANH SÁCH HỒ SƠ", None),
    ],
)
def test_a_title_names_its_period(title: str, expected: tuple[date, date] | None) -> None:
    assert period_in(["UBND TỈNH X", title, ""]) == expected


def test_the_most_exact_wording_counts_and_two_periods_are_none() -> None:
    lines = ["Báo cáo năm 2022", "(Từ ngày 01/01/2022 đến ngày 31/03/2022)"]
    assert period_in(lines) == days("01-01", "03-31")
    assert period_in(["Quý I/2022 và quý II/2022"]) is None


@pytest.mark.parametrize(
    ("manifest", "expected", "told"),
    [
        (None, days("01-01", "03-31"), False),
        ("period: 2022-Q1\n", days("01-01", "03-31"), False),
        ("period: 2022-01\n", days("01-01", "01-31"), True),
    ],
)
def test_the_manifest_wins_and_a_contradiction_is_told(
    settings: Settings,
    make_contract: Callable[..., Contract],
    manifest: str | None,
    expected: tuple[date, date],
    told: bool,
) -> None:
    contract = make_contract(columns={name: {} for name in ("dossier_id", "received_at", "status")})
    path = settings.landing / "dossiers" / "hs_2022-04-01.csv"
    path.parent.mkdir(parents=True)
    path.write_text(f"Từ ngày 01/01/2022,đến ngày 31/03/2022\n{ROWS}", encoding="utf-8")
    if manifest:
        path.with_name(f"{path.name}.manifest.yml").write_text(manifest)
    lines: list[str] = []
    run_at = datetime(2022, 4, 1, tzinfo=UTC)
    ingest(settings, contract, scan(settings)["dossiers"], run_at=run_at, progress=lines.append)
    (account,) = RawStore(settings.raw, "dossiers").accounts()
    assert (account.period_start, account.period_end) == expected
    assert account.extracted_on == date(2022, 4, 1)
    assert any("the title of the file says 01/01/2022 to 31/03/2022" in line for line in lines) == (
        told
    )
