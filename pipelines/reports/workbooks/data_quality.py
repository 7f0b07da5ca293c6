"""The workbook of faults to correct: open findings, rejected rows, what came of each extract."""

from __future__ import annotations

from pathlib import Path

from pipelines.reports.edition import Edition, Words
from pipelines.reports.workbooks.book import open_book
from pipelines.reports.workbooks.tables import Column, Table, listing

FILE_NAME = "data-quality.xlsx"
TITLE = Words("Chất lượng dữ liệu", "Data quality")

_FREE_TEXT = ["title", "content", "evidence"]
"""Columns in which an office may have named a person: what stood there is not repeated here, nor
are sentences about it."""

_CODES = (
    Column("Mã lỗi", "Code", 26),
    Column("Mức độ", "Severity", 22),
    Column("Tên lỗi", "Name", 80),
    Column("Còn mở", "Open", 10),
    Column("Đã sửa", "Mended", 10),
)
_CODES_SQL = """
    select
        codes.issue_code, severities.name_vi || ' · ' || severities.name_en,
        codes.name_vi || ' · ' || codes.name_en,
        count(*) filter (issues.is_open) as open_issues,
        count(*) filter (not issues.is_open) as mended
    from marts.data_quality_issues as issues
    inner join seeds.issue_codes as codes on issues.issue_code = codes.issue_code
    left join seeds.labels as severities
        on severities.attribute = 'severity' and codes.severity = severities.code
    group by all
    order by list_position(['error', 'warning', 'info'], any_value(codes.severity)),
        open_issues desc, codes.issue_code
"""
_ISSUES = (
    Column("Mức độ", "Severity", 20),
    Column("Mã lỗi", "Code", 26),
    Column("Tên lỗi", "Name", 50),
    Column("Nguồn", "Source", 18),
    Column("Vụ việc", "Case", 28),
    Column("Mã đơn vị", "Unit id", 18),
    Column("Đơn vị", "Unit", 28),
    Column("Tệp", "File", 30),
    Column("Dòng", "Row", 8),
    Column("Cột", "Column", 18),
    Column("Giá trị", "Value", 24),
    Column("Chi tiết", "Detail", 36),
    Column("Thấy từ ngày", "First seen", 11),
)
_ISSUES_SQL = """
    select
        severities.name_vi || ' · ' || severities.name_en, issues.issue_code,
        codes.name_vi || ' · ' || codes.name_en, issues.source, issues.case_id, issues.unit_id,
        units.unit_name, extracts.file_name, issues.row_number, issues.column_name,
        case when issues.column_name = any($free_text) then null else issues.raw_value end,
        case when issues.column_name = any($free_text) then null else issues.detail end,
        issues.first_seen_on
    from marts.data_quality_issues as issues
    left join seeds.issue_codes as codes on issues.issue_code = codes.issue_code
    left join seeds.labels as severities
        on severities.attribute = 'severity' and issues.severity = severities.code
    left join marts.dim_unit as units on issues.unit_id = units.unit_id
    left join marts.extract_log as extracts on issues.extract_id = extracts.extract_id
    where issues.is_open
    order by list_position(['error', 'warning', 'info'], issues.severity), issues.issue_code,
        issues.source, issues.case_id, issues.extract_id, issues.row_number, issues.column_name
    limit $shown
"""
_REJECTED = (
    Column("Nguồn", "Source", 18),
    Column("Tệp", "File", 36),
    Column("Dòng", "Row", 8),
    Column("Cột", "Column", 22),
    Column("Giá trị", "Value", 30),
    Column("Lý do", "Reason", 80),
)
_REJECTED_SQL = """
    select
        source, file_name, row_number, column_name,
        case when column_name = any($free_text) then null else raw_value end,
        case when column_name = any($free_text) then null else reason end
    from marts.rejected_rows
    order by source, file_name, extract_id, row_number, column_name, reason
    limit $shown
"""
_EXTRACTS = (
    Column("Nguồn", "Source", 20),
    Column("Tệp", "File", 40),
    Column("Ngày kết xuất", "Extracted on", 11),
    Column("Kết quả", "Status", 26),
    Column("Dòng đọc", "Rows read", 10),
    Column("Dòng nhận", "Accepted", 10),
    Column("Dòng bị từ chối", "Rejected", 10),
    Column("Dòng trùng", "Repeated", 10),
    Column("Lỗi của tệp", "Error", 60),
    Column("Nạp lúc", "Loaded at", 19),
)
_EXTRACTS_SQL = """
    select
        extracts.source, extracts.file_name, extracts.extracted_on,
        states.name_vi || ' · ' || states.name_en, extracts.rows_read, extracts.rows_accepted,
        extracts.rows_rejected, extracts.rows_duplicate, extracts.error, extracts.loaded_at
    from marts.extract_log as extracts
    left join seeds.labels as states
        on states.attribute = 'extract_status' and extracts.status = states.code
    order by extracts.extracted_on desc nulls first, extracts.source, extracts.file_name,
        extracts.extract_id
    limit $shown
"""


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write the workbook.

    Returns:
        The file.
    """
    path = folder / FILE_NAME
    with open_book(edition, path, TITLE) as book:
        codes = Words("Lỗi theo loại", "Findings by code")
        book.write(Table("Tổng hợp", codes, _CODES, edition.stream(_CODES_SQL)))
        book.write(
            listing(
                edition,
                "Lỗi cần sửa",
                Words("Lỗi dữ liệu còn mở", "Open findings"),
                _ISSUES,
                _ISSUES_SQL,
                "marts.data_quality_issues where is_open",
                free_text=_FREE_TEXT,
            )
        )
        book.write(
            listing(
                edition,
                "Dòng bị từ chối",
                Words("Dòng bị từ chối", "Rejected rows"),
                _REJECTED,
                _REJECTED_SQL,
                "marts.rejected_rows",
                free_text=_FREE_TEXT,
            )
        )
        extracts = Words("Tệp đã nhận", "Extracts")
        book.write(
            listing(edition, "Tệp đã nhận", extracts, _EXTRACTS, _EXTRACTS_SQL, "marts.extract_log")
        )
    return [path]
