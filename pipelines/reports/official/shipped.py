"""Makes the template that comes with the project: `python -m pipelines.reports.official.shipped`.

Nobody needs it to write a report. It is how the layout of the decree was put into `official.docx`,
and how to make that file again; what it says is plain text, for an office to change in its copy.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.reports.official.paper import (
    BODY,
    RECIPIENTS,
    WIDTH,
    element,
    fill_cell,
    fix_widths,
    frame,
    line,
    rule,
    set_up,
    text,
)
from pipelines.reports.official.report import SHIPPED

if TYPE_CHECKING:
    from docx.document import Document

OBJECTIVES = (
    ("Mã", 12, "{{ m.ma }}"),
    ("Mục tiêu chất lượng (nguyên văn quyết định)", 66, "{{ m.noi_dung }}"),
    ("Chỉ tiêu", 20, "{{ m.chi_tieu }}"),
    ("Tử số/\nmẫu số", 22, "{{ m.so_dem }}"),
    ("Kết quả", 20, "{{ m.ket_qua }}"),
    ("Đánh giá", 25, "{{ m.danh_gia }}"),
)
"""Columns of the table: heading, width in mm, and what stands in a row."""

_BASES = """
Căn cứ Quyết định số 19/2014/QĐ-TTg ngày 05 tháng 3 năm 2014 của Thủ tướng Chính phủ về việc áp
dụng Hệ thống quản lý chất lượng theo Tiêu chuẩn quốc gia TCVN ISO 9001:2008 vào hoạt động của các
cơ quan, tổ chức thuộc hệ thống hành chính nhà nước;

Căn cứ {{ quyet_dinh }}.
"""
_OPENING = """
Văn phòng báo cáo kết quả thực hiện mục tiêu chất lượng {{ ky }} (từ ngày {{ tu_ngay }} đến ngày
{{ den_ngay }}, số liệu tính đến ngày {{ tinh_den }}) như sau:
"""
_SUMMARY = """
Trong {{ so_chi_tieu }} chỉ tiêu của các mục tiêu chất lượng: {{ so_dat }} chỉ tiêu đạt,
{{ so_khong_dat }} chỉ tiêu không đạt, {{ so_khong_phat_sinh }} chỉ tiêu không phát sinh,
{{ so_khong_du_can_cu }} chỉ tiêu không đủ căn cứ đánh giá.
"""
_NOT_MET = """
- {{ m.ma }}. {{ m.ten }}: {{ m.so_dem }}{% if m.ty_le %} ({{ m.ty_le }}){% endif %}, chỉ tiêu
{{ m.chi_tieu }}; còn thiếu {{ m.con_thieu }} {{ m.don_vi_tinh }} để đạt.{% if m.don_vi_keo_giam %}
Đơn vị có nhiều {{ m.don_vi_tinh }} chưa đạt nhất: {{ m.don_vi_keo_giam }}.{% endif %}
"""
_UNSURE = """
- {{ m.ma }}. {{ m.ten }}: thiếu hạn {{ m.thieu_han }}, thiếu ngày hoàn thành
{{ m.thieu_ngay_xong }}; kết quả có thể từ {{ m.can_duoi }} đến {{ m.can_tren }}, chưa đủ để kết
luận.
"""
_NO_EVIDENCE = """
- {{ m.ma }}. {{ m.ten }}: dữ liệu hiện có không đủ căn cứ để đánh giá.
"""
_ISSUES = """
Còn {{ so_loi_du_lieu }} lỗi và cảnh báo về dữ liệu chưa sửa, có danh sách kèm theo hồ sơ báo cáo.
"""


def build() -> Document:
    """The template, not saved yet."""
    import docx

    document = docx.Document()
    set_up(document)
    _describe(document)
    _head(document)
    _body(document)
    _foot(document)
    return document


def _describe(document: Document) -> None:
    properties = document.core_properties
    properties.title = "Báo cáo kết quả thực hiện mục tiêu chất lượng {{ ky }}"
    properties.subject = "Số liệu tính đến {{ tinh_den }}"
    properties.author = properties.comments = properties.keywords = ""
    properties.language = "vi-VN"
    properties.created = properties.modified = datetime(2022, 1, 1, tzinfo=UTC)


def _head(document: Document) -> None:
    """Who issues it, in what state, under which number, where and when, what it is, to whom."""
    left, right = frame(document, 70, WIDTH - 70)
    line(left, "{{ co_quan_chu_quan }}", 12)
    line(left, "VĂN PHÒNG", 12, "bold")
    rule(left, indent=24)
    line(left, "Số:        /BC-VP", 13, before=4)
    line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, "bold")
    line(right, "Độc lập - Tự do - Hạnh phúc", 13, "bold")
    rule(right, indent=17)
    date = "Thừa Thiên Huế, ngày      tháng {{ thang }} năm {{ nam }}"
    line(right, date, 13, "italic", before=4)
    line(document, "BÁO CÁO", BODY, "bold", before=14)
    line(document, "Kết quả thực hiện mục tiêu chất lượng {{ ky }}", BODY, "bold")
    rule(document, indent=55)
    line(document, "Kính gửi: {{ co_quan }}.", BODY, before=10)


def _body(document: Document) -> None:
    for base in _BASES.split("\n\n"):
        text(document, _one_line(base), "italic")
    text(document, _one_line(_OPENING))
    text(document, "I. KẾT QUẢ THỰC HIỆN", "bold")
    text(document, _one_line(_SUMMARY), after=6)
    _objectives(document)
    text(document, "II. CHỈ TIÊU CHƯA ĐẠT", "bold")
    _each(document, "m in khong_dat", _NOT_MET, "Không có chỉ tiêu chưa đạt.")
    text(document, "III. CHẤT LƯỢNG DỮ LIỆU", "bold")
    none = "Không có kết quả nào phụ thuộc dữ liệu thiếu."
    _each(document, "m in phu_thuoc_du_lieu", _UNSURE, none)
    _each(document, "m in khong_du_can_cu", _NO_EVIDENCE)
    text(document, _one_line(_ISSUES))
    text(document, "IV. KIẾN NGHỊ, ĐỀ XUẤT", "bold")
    text(document, "…")
    text(document, "Văn phòng kính báo cáo {{ co_quan }}./.")


def _objectives(document: Document) -> None:
    table = document.add_table(rows=4, cols=len(OBJECTIVES))
    table.style = "Table Grid"
    fix_widths(table, [width for _, width, _ in OBJECTIVES])
    for number, (heading, _, placeholder) in enumerate(OBJECTIVES):
        fill_cell(table.cell(0, number), heading, bold=True)
        fill_cell(table.cell(2, number), placeholder, is_left=number == 1)
    fill_cell(table.cell(1, 0), "{%tr for m in cac_chi_tieu %}")
    fill_cell(table.cell(3, 0), "{%tr endfor %}")
    table.rows[0]._tr.get_or_add_trPr().append(element("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))


def _each(document: Document, loop: str, words: str, otherwise: str = "") -> None:
    """A paragraph for each item, and another one where there is none."""
    text(document, f"{{%p for {loop} %}}")
    text(document, _one_line(words))
    if otherwise:
        text(document, "{%p else %}")
        text(document, otherwise)
    text(document, "{%p endfor %}")


def _foot(document: Document) -> None:
    """Who gets it, and who signs."""
    line(document, "", BODY)
    left, right = frame(document, 75, WIDTH - 75)
    line(left, "Nơi nhận:", 12, "bold italic left")
    for recipient in (
        "- Như trên;",
        "- Lãnh đạo Văn phòng;",
        "- Các đơn vị trực thuộc Văn phòng;",
        "- Lưu: VT, ISO.",
    ):
        line(left, recipient, RECIPIENTS, "left")
    line(right, "CHÁNH VĂN PHÒNG", BODY, "bold")
    line(right, "[Họ và tên người ký]", BODY, "bold", before=70)


def _one_line(words: str) -> str:
    return " ".join(words.split())


if __name__ == "__main__":
    build().save(str(SHIPPED))
