"""The workbook of cases: of each headline figure, those that did not meet it, and why.

Cases that met a measure need no work and are most of all: they are counted, with the query that
lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.reports.cases import cases_of
from pipelines.reports.edition import Edition, Words
from pipelines.reports.figures import Figure, figures_if_any
from pipelines.reports.receipt import LISTED
from pipelines.reports.workbooks.book import open_book
from pipelines.reports.workbooks.tables import MAX_ROWS, Column, Table

FILE_NAME = "cases.xlsx"

_COUNTS = (
    Column("Mã", "Id", 6),
    Column("Mục tiêu", "Measure", 50),
    Column("Xếp loại", "Treatment", 34),
    Column("Lý do", "Reason", 60),
    Column("Vụ việc", "Cases", 10),
)
_CASES = (
    Column("Vụ việc", "Case", 30),
    Column("Mã đơn vị", "Unit id", 18),
    Column("Đơn vị", "Unit", 32),
    Column("Xếp loại", "Treatment", 32),
    Column("Lý do", "Reason", 56),
    Column("Từ ngày", "Received", 12),
    Column("Hạn tính", "Due", 12),
    Column("Ngày xong", "Completed", 12),
)
_GATHER_SQL = """
    create or replace temp table listed_cases as
    select measure_id, treatment, reason, case_id, unit_id, received_on, due_on, completed_on
    from marts.measure_cases
    where treatment is distinct from 'met' and ({figures})
"""
_COUNTS_SQL = """
    select measure_id, treatment, reason, count(*) as cases
    from temp.listed_cases
    group by measure_id, treatment, reason
    order by measure_id, list_position($treatments, treatment), cases desc, reason
"""
_CASES_SQL = """
    select
        cases.case_id, cases.unit_id, units.unit_name,
        treatments.name_vi || ' · ' || treatments.name_en,
        reasons.name_vi || ' · ' || reasons.name_en,
        cases.received_on, cases.due_on, cases.completed_on
    from temp.listed_cases as cases
    left join marts.dim_unit as units on cases.unit_id = units.unit_id
    left join seeds.labels as treatments
        on treatments.attribute = 'treatment' and cases.treatment = treatments.code
    left join seeds.labels as reasons
        on reasons.attribute = 'reason' and cases.reason = reasons.code
    where cases.measure_id = $measure
    order by
        list_position($treatments, cases.treatment), cases.due_on, cases.case_id, cases.unit_id
    limit $shown
"""
_QUERY = (
    "select * from marts.measure_cases where measure_id = '{0.measure_id}' and scope = '{0.scope}' "
    "and basis = '{0.basis}' and period_grain = '{0.period_grain}' "
    "and period_start = '{0.period_start}' and {1};"
)


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write the workbook of the reported period: counts, and a sheet for each measure.

    Returns:
        The file.
    """
    period = edition.reported_period()
    headlines = [figure for figure in figures_if_any(edition, period) if figure.is_headline]
    path = folder / FILE_NAME
    title = Words(f"Vụ việc đứng sau các con số {period.label_vi}", f"Cases behind {period.code}")
    counts = _gather(edition, headlines)
    rows = [row for figure in headlines for row in _counts(edition, figure, counts)]
    notes = ("Mỗi chỉ tiêu một trang tính riêng · each measure has a sheet of its own",)
    with open_book(edition, path, title) as book:
        book.write(Table("Tổng hợp", title, _COUNTS, rows, notes=notes))
        for figure in headlines:
            book.write(_cases(edition, figure, counts))
    return [path]


def _gather(edition: Edition, headlines: Sequence[Figure]) -> Sequence[Mapping[str, Any]]:
    """Put the cases to list into a table of their own.

    Returns:
        How many there are, by measure, treatment and reason.
    """
    condition, values = cases_of(headlines)
    edition.rows(_GATHER_SQL.format(figures=condition), values)
    return edition.rows(_COUNTS_SQL, {"treatments": list(LISTED)})


def _counts(
    edition: Edition, figure: Figure, counts: Sequence[Mapping[str, Any]]
) -> Iterator[Sequence[Any]]:
    """Every treatment and reason of a figure; cases that met it are its numerator."""
    name = (figure.measure_id, str(Words(figure.measure_name_vi, figure.measure_name_en)))
    if not figure.is_count:
        yield *name, str(edition.label("treatment", "met")), None, figure.numerator
    for row in counts:
        if row["measure_id"] == figure.measure_id:
            treatment, reason = row["treatment"], str(edition.label("reason", row["reason"]))
            words = str(edition.label("treatment", treatment)) if treatment else None
            yield *name, words, reason, row["cases"]


def _cases(edition: Edition, figure: Figure, counts: Sequence[Mapping[str, Any]]) -> Table:
    listed = sum(row["cases"] for row in counts if row["measure_id"] == figure.measure_id)
    met = f"{figure.numerator} vụ việc đạt không liệt kê · {figure.numerator} met, not listed:"
    notes = () if figure.is_count else (met, _QUERY.format(figure, "treatment = 'met'"))
    parameters = {
        "measure": figure.measure_id,
        "treatments": list(LISTED),
        "shown": MAX_ROWS,
    }
    return Table(
        figure.measure_id,
        Words(
            f"{figure.measure_name_vi}: {figure.counts}",
            f"{figure.measure_name_en}: {figure.counts}",
        ),
        _CASES,
        edition.stream(_CASES_SQL, parameters),
        total=listed,
        query=_QUERY.format(figure, "treatment is distinct from 'met'"),
        notes=notes,
    )
