"""The workbook of figures: the headline, every way of counting, each unit, each period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipelines.reports.edition import Edition, Words
from pipelines.reports.figures import (
    Figure,
    figures_if_any,
    headlines_by_unit,
    headlines_within,
)
from pipelines.reports.numbers import (
    COMPARATOR_SIGNS,
    MIN_DECIMALS,
    exact_share,
    truncated,
)
from pipelines.reports.periods import Period
from pipelines.reports.workbooks.book import open_book
from pipelines.reports.workbooks.tables import Column, Mark, Share, Table

FILE_NAME = "scorecard.xlsx"

_NAME = (
    Column("Mã", "Id", 6),
    Column("Mục tiêu", "Measure", 50),
)
_WAY = (
    Column("Phạm vi", "Scope", 30),
    Column("Cách tính", "Basis", 40),
    Column("Chính thức", "Headline", 10),
)
_FIGURE = (
    Column("Tử số", "Numerator", 12),
    Column("Mẫu số", "Denominator", 13),
    Column("Tỷ lệ", "Rate", 10),
    Column("So với", "Is to be", 8),
    Column("Chỉ tiêu", "Target", 10),
    Column("Đánh giá", "Verdict", 20),
    Column("Đủ kết luận", "Conclusive", 12),
    Column("Cận dưới", "Low", 10),
    Column("Cận trên", "High", 10),
    Column("Thiếu hạn", "Deadline missing", 11),
    Column("Thiếu ngày xong", "Completion missing", 12),
    Column("Không hẹn ngày", "Exempt", 11),
    Column("Tạm dừng", "Suspended", 12),
    Column("Chưa ngã ngũ", "Undecided", 12),
    Column("Không tính", "Excluded", 11),
    Column("Còn được hỏng", "Failures left", 11),
)
_UNIT = (Column("Mã đơn vị", "Unit id", 18), Column("Đơn vị", "Unit", 32))
_PERIOD = (
    Column("Kỳ", "Period", 10),
    Column("Từ ngày", "From", 11),
    Column("Đến ngày", "To", 11),
    Column("Đánh giá tại", "Evaluated on", 11),
)
_NOTES = (
    (
        "Tỷ lệ được cắt, không làm tròn; tử số và mẫu số là số đầy đủ · "
        "rates are cut, never rounded; numerator and denominator are exact"
    ),
    (
        "Cận dưới/trên: nếu mọi vụ việc thiếu dữ liệu đều không đạt/đều đạt · "
        "low/high: with every case of missing data failed/met"
    ),
)
_TONES = {"met": "good", "not_met": "bad"}


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write the workbook of the reported period.

    Returns:
        The file.
    """
    period = edition.reported_period()
    of_period = figures_if_any(edition, period)
    path = folder / FILE_NAME
    name = Words(f"Mục tiêu chất lượng {period.label_vi}", f"Quality objectives {period.code}")
    with open_book(edition, path, name) as book:
        for table in _tables(edition, period, of_period):
            book.write(table)
    return [path]


def _tables(edition: Edition, period: Period, of_period: Sequence[Figure]) -> Iterable[Table]:
    def table(
        sheet: str,
        title: Words,
        columns: Sequence[Column],
        found: Iterable[Figure],
        beside: Callable[[Figure], Sequence[Any]],
    ) -> Table:
        rows = ([*_name(figure), *beside(figure), *_figure(edition, figure)] for figure in found)
        return Table(sheet, title, (*_NAME, *columns, *_FIGURE), rows, notes=_NOTES)

    headlines = [figure for figure in of_period if figure.is_headline]
    year = period.start.year
    yield table(
        "Tổng hợp",
        Words(f"Mục tiêu chất lượng {period.label_vi}", f"Quality objectives {period.code}"),
        (),
        headlines,
        lambda _: (),
    )
    yield table(
        "Các cách tính",
        Words(
            f"Mọi phạm vi và cách tính, {period.label_vi}", f"Every scope and basis, {period.code}"
        ),
        _WAY,
        of_period,
        lambda figure: (
            str(edition.label("scope", figure.scope)),
            str(edition.label("basis", figure.basis)),
            figure.is_headline,
        ),
    )
    yield table(
        "Theo đơn vị",
        Words(f"Từng đơn vị, {period.label_vi}", f"Each unit, {period.code}"),
        _UNIT,
        headlines_by_unit(edition, period),
        lambda figure: (figure.unit_id, figure.unit_name),
    )
    yield table(
        "Theo kỳ",
        Words(f"Từng kỳ của năm {year}", f"Each period of {year}"),
        _PERIOD,
        headlines_within(edition, year),
        lambda figure: (
            Period(figure.period_grain, figure.period_start).code,
            figure.period_start,
            figure.period_end,
            figure.evaluated_on,
        ),
    )


def _name(figure: Figure) -> Sequence[Any]:
    return figure.measure_id, str(Words(figure.measure_name_vi, figure.measure_name_en))


def _figure(edition: Edition, figure: Figure) -> Sequence[Any]:
    verdict = str(edition.label("verdict", figure.verdict))
    return (
        figure.numerator,
        figure.denominator,
        _rate(figure),
        COMPARATOR_SIGNS[figure.comparator],
        _target(figure),
        Mark(verdict, _TONES.get(figure.verdict, "unsure")),
        figure.is_conclusive,
        _bound(figure.rate_low),
        _bound(figure.rate_high),
        figure.missing_deadline_count,
        figure.missing_completion_count,
        figure.exempt_count,
        figure.suspended_count,
        figure.undecided_count,
        figure.excluded_count,
        figure.failures_left,
    )


def _rate(figure: Figure) -> Share | None:
    if figure.truncated_rate is None:
        return None
    rate, decimals = figure.truncated_rate
    return Share(float(rate), decimals)


def _target(figure: Figure) -> Share | int:
    if figure.is_count:
        return int(figure.target)
    is_whole = (exact_share(figure.target) * 100).denominator == 1
    return Share(figure.target, 0 if is_whole else MIN_DECIMALS)


def _bound(share: float | None) -> Share | None:
    if share is None:
        return None
    cut: Fraction = truncated(exact_share(share), MIN_DECIMALS)
    return Share(float(cut))
