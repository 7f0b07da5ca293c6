"""The layouts that offices were found to export, each rebuilt in code and read to the right rows.

Layouts 3, 5 and 7 count cases instead of listing them: they are refused with a sentence that says
so. Names of people are invented, and stand in columns that are not stored.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.extracts.faults import RejectedFileError
from pipelines.settings import Settings
from tests.unit.extracts.whole import WholeExtract, read_extract

DRAWN = date(2022, 3, 31)
Sheet = Sequence[Sequence[str]]


@pytest.fixture
def built_in(settings: Settings) -> dict[str, Contract]:
    return load_contracts(settings)


def read(path: Path, contract: Contract) -> WholeExtract:
    return read_extract(path, contract, DRAWN)


def workbook(path: Path, rows: Sheet, merged: Sequence[str] = ()) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        for place in merged:
            sheet.merge_range(place, "")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, column, cell)
    return path


def page(path: Path, rows: Sequence[str]) -> Path:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    # With a byte order mark, as the systems write it.
    path.write_text(f"\ufeff<html><body><table border='1'>{body}</table></body></html>", "utf-8")
    return path


def cells(*values: str) -> str:
    return "".join(f"<td>{escape(value)}</td>" for value in values)


def entities(text: str) -> str:
    return "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in text)


def ids(extract: WholeExtract, column: str = "dossier_id") -> list[str]:
    return extract.accounted.accepted[column].to_list()


def test_layout_1_case_list_of_a_one_stop_system_and_t58_a_page_named_xls(
    tmp_path: Path, built_in: dict[str, Contract]
) -> None:
    headers = (
        "STT",
        "Đơn vị tiếp nhận",
        "Người tiếp nhận",
        "Tên thủ tục hành chính",
        "Mã hồ sơ",
        "Trạng thái",
        "Địa chỉ",
        "Người nộp",
        "Chủ hồ sơ",
        "Ngày nộp hồ sơ",
        "Ngày nhận",
        "Ngày hẹn trả",
        "Ngày kết thúc xử lý",
    )
    case = ("Phường A", "Lê Thị C", "Cấp bản sao", "{}", "Đã trả kết quả", "1 Lê Lợi", "Trần D")
    days = ("Trần D", "02/03/2022 07:55", "02/03/2022 08:00", "09/03/2022", "08/03/2022 16:00:00")
    period = "(Từ ngày 01/03/2022 đến ngày 31/03/2022)"
    path = page(
        tmp_path / "ho-so.xls",
        [
            f"<td colspan='13'><b>{entities('DANH SÁCH HỒ SƠ')}</b> {period}</td>",
            "<td colspan='13'>&nbsp;</td>",
            "".join(f"<th>{entities(header)}</th>" for header in headers),
            cells("1", *(value.format("H57-1") for value in case), *days),
            cells("2", *(value.format("H57-2") for value in case), *days),
        ],
    )
    extract = read(path, built_in["dossiers"])
    assert ids(extract) == ["H57-1", "H57-2"]
    assert extract.facts.format == "html"
    assert extract.accounted.rows_read == 2
    row = extract.accounted.accepted.row(0, named=True)
    assert (row["unit_name"], row["status"]) == ("Phường A", "delivered")
    assert f"{row['completed_at']:%d/%m/%Y %H:%M}" == "08/03/2022 16:00"
    assert extract.period is not None
    assert extract.period.start == date(2022, 3, 1)
    assert not {"Trần D", "Lê Thị C"} & set(map(str, row.values()))


def test_layout_2_overdue_list_with_units_as_group_rows(
    tmp_path: Path, built_in: dict[str, Contract]
) -> None:
    columns = {name: {} for name in ("dossier_id", "received_at", "due_at", "completed_at")}
    status = {"from": "completed_at", "present": "result_ready", "absent": "processing"}
    contract = Contract.model_validate(
        {"source": "qua_han", "dataset": "dossiers", "columns": {**columns, "status": status}}
    )
    header = ["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả"]
    rows = [
        ["Phụ lục I"],
        ["DANH SÁCH ĐƠN VỊ, CÁ NHÂN CHẬM TRỄ GIẢI QUYẾT HỒ SƠ"],
        [],
        [*header, "Đơn vị giải quyết", "Ghi chú"],
        ["UBND huyện A"],
        ["1", "A-1", "01/03/2022", "08/03/2022", "", "Phòng X", ""],
        ["2", "A-2", "01/03/2022", "08/03/2022", "10/03/2022", "Phòng X", "đã xin lỗi"],
        ["Sở B"],
        ["1", "B-1", "02/03/2022", "09/03/2022", "11/03/2022", "Phòng Y", ""],
    ]
    extract = read(workbook(tmp_path / "qua-han.xlsx", rows, ["A5:G5", "A8:G8"]), contract)
    assert ids(extract) == ["A-1", "A-2", "B-1"]
    assert extract.accounted.accepted["status"].to_list() == [
        "processing",
        "result_ready",
        "result_ready",
    ]
    assert extract.facts.furniture == {"group": 2}
    with pytest.raises(RejectedFileError, match=r"Required columns are missing: status"):
        read(tmp_path / "qua-han.xlsx", built_in["dossiers"])


OF_DONE = ("Tổng số", "Trước hạn", "Trong hạn", "Quá hạn")
OF_OPEN = ("Tổng số", "Trong hạn", "Quá hạn")
OF_TASKS = ("Đã hoàn thành", "", "Chưa hoàn thành", "")
SUMMARIES = {
    3: [
        ["TÌNH HÌNH GIẢI QUYẾT HỒ SƠ"],
        ["STT", "Đơn vị", "Tiếp nhận", *[""] * 5, "Đã xử lý", *[""] * 3, "Đang xử lý", "", ""],
        ["", "", "Tổng số", "Kỳ trước chuyển sang", "Trong kỳ", "", "", "", *OF_DONE, *OF_OPEN],
        ["", "", "", "", "Tổng số", "Trực tuyến", "Trực tiếp", "BCCI"],
        ["I", "Sở, ban, ngành"],
        ["1", "Sở Nội vụ", "10", "2", "8", "4", "4", "", "7", "3", "3", "1", "3", "2", "1"],
    ],
    5: [
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["Độc lập - Tự do - Hạnh phúc"],
        [],
        ["STT", "Chi nhánh", "Tổng số", "Trước, đúng hạn", "Tỷ lệ %", "Trễ hạn", "Trong hạn"],
        ["1", "A", "10", "7", "70%", "1", "2"],
    ],
    7: [
        ["TỔNG HỢP Ý KIẾN CHỈ ĐẠO"],
        ["STT", "Cơ quan thực hiện", "Tổng số vb", "Tổng số nhiệm vụ công việc", *OF_TASKS],
        ["", "", "", "", "Đúng hạn", "Quá hạn", "Trong hạn", "Quá hạn"],
        ["1", "Sở Nội vụ", "3", "5", "2", "1", "1", "1"],
    ],
}


@pytest.mark.parametrize(
    ("layout", "source"),
    [
        pytest.param(3, "dossiers", id="test_layout_3_progress_by_unit"),
        pytest.param(5, "dossiers", id="test_layout_5_monthly_table_of_a_land_office"),
        pytest.param(7, "directives", id="test_layout_7_directives_by_unit"),
    ],
)
def test_a_summary_is_refused_with_what_to_export(
    tmp_path: Path, built_in: dict[str, Contract], layout: int, source: str
) -> None:
    path = workbook(tmp_path / "tong-hop.xlsx", SUMMARIES[layout])
    with pytest.raises(RejectedFileError) as refusal:
        read(path, built_in[source])
    sentence = str(refusal.value)
    assert "is a summary table" in sentence
    assert "export the case list instead" in sentence
    assert "Tổng số" in sentence


def test_layout_4_register_with_instants_as_text(tmp_path: Path) -> None:
    status = {"from": "returned_at", "present": "delivered", "absent": "processing"}
    columns = {name: {} for name in ("dossier_id", "received_at", "due_at", "returned_at")}
    contract = Contract.model_validate(
        {"source": "so", "dataset": "dossiers", "columns": {**columns, "status": status}}
    )
    who_asks = ("STT", "Mã hồ sơ", "Trích yếu", "Số bộ", "Chủ hồ sơ", "Địa chỉ", "SĐT")
    asked, due = ("Cấp phép", "2", "Trần D", "1 Lê Lợi", "0900000001"), ("08/03/2022 17:00:00",)
    rows = [
        ["SỔ THEO DÕI HỒ SƠ"],
        [*who_asks, "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả", "Người nhận", "Địa bàn"],
        ["1", "H-1", *asked, "01/03/2022 08:00:00", *due, "08/03/2022 09:30:00", "Trần D", "A"],
        ["2", "H-2", *asked, "02/03/2022 08:00:00", *due, "", "", "B"],
    ]
    extract = read(workbook(tmp_path / "so-theo-doi.xlsx", rows), contract)
    assert ids(extract) == ["H-1", "H-2"]
    accepted = extract.accounted.accepted
    assert accepted["status"].to_list() == ["delivered", "processing"]
    assert f"{accepted['returned_at'][0]:%H:%M}" == "09:30"
    assert extract.accounted.rows_rejected == 0


def test_layout_6_incoming_documents(tmp_path: Path) -> None:
    constants = {"register_year": "2022", "register_book": "VB đến", "office_id": "vp"}
    rules = {name: {"constant": value} for name, value in constants.items()}
    rules |= {"unit_id": {"constant": "th"}, "role": {"constant": "lead"}}
    read_columns = {
        "arrival_no": {"headers": ["Số Văn Bản"]},
        "symbol": {"headers": ["Ký hiệu VB"]},
        "issuer": {},
        "issued_on": {"headers": ["Ngày ban hành"]},
        "arrived_at": {},
        "status": {"values": {"completed": ["Đã xử lý"]}},
        "storage": {"values": {"closed": ["Lưu kết thúc"]}},
    }
    contract = Contract.model_validate(
        {"source": "van_ban", "dataset": "documents", "columns": {**rules, **read_columns}}
    )
    headers = ("STT", "Ký hiệu VB", "Trích Yếu VB", "Loại VB", "Cơ quan ban hành")
    headers += ("Ngày ban hành", "Ngày đến", "Kết quả xử lý", "Gửi liên thông", "Có file đính kèm")
    headers += ("Dòng luân chuyển", "Người lưu kết thúc", "Hình thức lưu", "Trạng Thái")
    headers += ("Số Văn Bản", "Ghi chú")
    case = ("12/CV", "V/v họp", "Công văn", "Sở B", "1/3/2022", "2/3/2022", "", "Có", "Không", "")
    path = page(
        tmp_path / "van-ban.xls",
        [
            f"<td colspan='16'>{entities('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM')}</td>",
            "<td colspan='16'>Ðộc lập - Tự do</td>",
            cells(*headers),
            cells("1", *case, "Lê F", "Lưu kết thúc", "Đã xử lý", "101", ""),
            cells("2", *case, "", "", "Đang xử lý", "102", ""),
        ],
    )
    extract = read(path, contract)
    assert ids(extract, "arrival_no") == ["101", "102"]
    accepted = extract.accounted.accepted
    assert accepted["status"].to_list() == ["completed", "processing"]
    assert accepted["storage"].to_list() == ["closed", None]
    assert accepted["issued_on"].to_list() == [date(2022, 3, 1)] * 2


def test_layout_8_national_synchronisation(tmp_path: Path, built_in: dict[str, Contract]) -> None:
    case = {
        "MaHoSo": "000.00.01.H57-220301-0001",
        "MaTTHC": "1.002",
        "TenTTHC": "Cấp phép",
        "MaLinhVuc": "XD",
        "ChuHoSo": "Trần D",
        "LoaiDoiTuong": 1,
        "NgayTiepNhan": "20220301080000",
        "NgayHenTra": "20220308170000",
        "TrangThaiHoSo": 9,
        "NgayTra": None,
        "HinhThuc": 1,
        "NgayKetThucXuLy": "20220307090000",
        "DonViXuLy": "Sở A",
        "KenhThucHien": "2",
        "DanhSachHoSoBoSung": [{"NgayBoSung": "20220302080000", "NgayTiepNhanBoSung": None}],
    }
    path = tmp_path / "dong-bo.json"
    path.write_text(json.dumps({"result": {"data": [case]}}, ensure_ascii=False), "utf-8")
    extract = read(path, built_in["dossiers"])
    (row,) = extract.accounted.accepted.rows(named=True)
    assert (row["procedure_id"], row["status"], row["channel"]) == (
        "1.002",
        "result_ready",
        "online",
    )
    assert f"{row['completed_at']:%d/%m/%Y %H:%M}" == "07/03/2022 09:00"
    assert "ChuHoSo" in extract.facts.ignored
