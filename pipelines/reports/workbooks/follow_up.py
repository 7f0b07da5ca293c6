"""The workbook to work off: open items that are overdue, due soon or without a deadline.

Titles of items stay out: what an office wrote there may name a person.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.datasets import DATASETS
from pipelines.reports.edition import Edition, Words
from pipelines.reports.workbooks.book import open_book
from pipelines.reports.workbooks.tables import Column, Table, listing

FILE_NAME = "follow-up.xlsx"
TITLE = Words("Việc cần theo dõi, đôn đốc", "Items to follow up")

_STATES = ["overdue", "due_today", "due_soon", "missing_deadline"]
_UNITS = (
    Column("Mã đơn vị", "Unit id", 20),
    Column("Đơn vị", "Unit", 40),
    Column("Đã quá hạn", "Overdue", 12),
    Column("Đến hạn hôm nay", "Due today", 12),
    Column("Đến hạn trong 7 ngày", "Due within 7 days", 12),
    Column("Chưa có hạn", "Without a deadline", 12),
    Column("Tổng số", "All", 12),
)
_UNITS_SQL = """
    select
        unit_id, any_value(unit_name) as unit_name,
        count(*) filter (state = 'overdue') as overdue,
        count(*) filter (state = 'due_today') as due_today,
        count(*) filter (state = 'due_soon') as due_soon,
        count(*) filter (state = 'missing_deadline') as missing_deadline,
        count(*) as items
    from marts.follow_up
    group by unit_id
    order by overdue desc, items desc, unit_id
"""
_ITEMS = (
    Column("Tình trạng", "State", 24),
    Column("Ngày làm việc còn lại", "Working days left", 14),
    Column("Hạn", "Due", 12),
    Column("Loại việc", "Kind", 34),
    Column("Vụ việc", "Case", 32),
    Column("Mã đơn vị", "Unit id", 18),
    Column("Đơn vị", "Unit", 34),
    Column("Đôn đốc gần nhất", "Last urged", 12),
)
_ITEMS_SQL = """
    select
        states.name_vi || ' · ' || states.name_en, items.working_days_left, items.due_on,
        kinds.name, items.case_id, items.unit_id, items.unit_name, items.last_urged_on
    from marts.follow_up as items
    left join seeds.labels as states on states.attribute = 'state' and items.state = states.code
    left join (
        select unnest($codes) as code, unnest($names) as name
    ) as kinds on items.dataset = kinds.code
    order by list_position($states, items.state), items.due_on, items.dataset, items.case_id,
        items.unit_id
    limit $shown
"""


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write the workbook.

    Returns:
        The file.
    """
    path = folder / FILE_NAME
    names = [str(Words(dataset.label_vi, dataset.label_en)) for dataset in DATASETS.values()]
    with open_book(edition, path, TITLE) as book:
        book.write(
            listing(
                edition,
                "Danh sách",
                TITLE,
                _ITEMS,
                _ITEMS_SQL,
                "marts.follow_up",
                states=_STATES,
                codes=list(DATASETS),
                names=names,
            )
        )
        units = Words("Số việc theo đơn vị", "Items by unit")
        book.write(Table("Theo đơn vị", units, _UNITS, edition.stream(_UNITS_SQL)))
    return [path]
