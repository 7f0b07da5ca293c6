"""The scorecard of one period in the terminal: 14 measures, their figures and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipelines.errors import ConfigurationError
from pipelines.reports.edition import Edition, Words
from pipelines.reports.numbers import (
    NOTHING,
    exact_share,
    format_day,
    format_rate,
    format_share,
    format_target,
)
from pipelines.reports.periods import Period

_COLUMNS = """
    decision_id, measure_id, measure_name_vi, measure_name_en, scope, basis, period_grain,
    period_start, period_end, evaluated_on, numerator, denominator, rate, target, comparator,
    verdict, is_conclusive, rate_low, rate_high, missing_deadline_count, missing_completion_count,
    exempt_count, suspended_count, undecided_count, excluded_count, failures_left
"""
_TOTAL_SQL = f"""
    select {_COLUMNS}
    from marts.scorecard
    where is_headline and period_grain = $grain and period_start = $start
    order by measure_id
"""
_UNIT_SQL = f"""
    select {_COLUMNS}, unit_name
    from marts.scorecard_by_unit
    where is_headline and period_grain = $grain and period_start = $start and unit_id = $unit
    order by measure_id
"""
_STYLES = {"met": "green", "not_met": "red", "insufficient_evidence": "yellow"}


@dataclass(frozen=True)
class Figure:
    """One published figure; the fields are columns of `marts.scorecard`."""

    decision_id: str
    measure_id: str
    measure_name_vi: str
    measure_name_en: str
    scope: str
    basis: str
    period_grain: str
    period_start: date
    period_end: date
    evaluated_on: date
    numerator: int
    denominator: int | None
    rate: float | None
    target: float
    comparator: str
    verdict: str
    is_conclusive: bool
    rate_low: float | None
    rate_high: float | None
    missing_deadline_count: int
    missing_completion_count: int
    exempt_count: int
    suspended_count: int
    undecided_count: int
    excluded_count: int
    failures_left: int | None
    unit_name: str | None = None

    @property
    def is_count(self) -> bool:
        """Whether things are counted instead of a share taken (initiatives)."""
        return self.denominator is None

    @property
    def counts(self) -> str:
        """The figure as it was counted: `numerator/denominator`, or the number alone."""
        return f"{self.numerator}" if self.is_count else f"{self.numerator}/{self.denominator}"

    @property
    def shown_rate(self) -> str:
        """The rate, truncated so that it does not contradict the verdict."""
        if self.rate is None or not self.denominator:
            return NOTHING
        share = exact_share(self.target)
        return format_rate(
            self.numerator,
            self.denominator,
            share.numerator,
            share.denominator,
            self.comparator,
            self.verdict,
        )

    @property
    def shown_target(self) -> str:
        """The target with its comparator."""
        target = Fraction(int(self.target)) if self.is_count else exact_share(self.target)
        return format_target(target, self.comparator, is_count=self.is_count)

    @property
    def shown_bounds(self) -> str:
        """What the rate would be with all missing cases failed, and with all of them met."""
        if self.rate_low is None or self.rate_high is None:
            return NOTHING
        return f"{format_share(self.rate_low)} … {format_share(self.rate_high)}"


def figures(edition: Edition, period: Period, unit: str | None = None) -> list[Figure]:
    """The headline figures of a period, of all units or of one.

    Raises:
        ConfigurationError: The warehouse has no figures for that period or unit.
    """
    parameters: dict[str, Any] = {"grain": period.grain, "start": period.start}
    if unit is not None:
        parameters["unit"] = unit
    rows = edition.rows(_TOTAL_SQL if unit is None else _UNIT_SQL, parameters)
    if not rows:
        raise ConfigurationError(_nothing_there(edition, period, unit))
    return [Figure(**row) for row in rows]


def render(edition: Edition, found: Sequence[Figure], period: Period) -> RenderableType:
    """The scorecard as a table with its notes."""
    as_of, published_at = edition.stamp()
    unit_name = found[0].unit_name
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    table.add_column("Mã\nId", no_wrap=True)
    table.add_column("Mục tiêu\nMeasure", min_width=24, overflow="fold")
    for heading in ("Đạt/tính\nMet/counted", "Tỷ lệ\nRate", "Chỉ tiêu\nTarget"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Đánh giá\nVerdict", no_wrap=True)
    table.add_column("Ghi chú\nNotes", min_width=18, overflow="fold")
    for figure in found:
        table.add_row(*_cells(edition, figure))
    title = f"Mục tiêu chất lượng {period.label_vi} · Quality objectives {period.code}"
    return Group(
        Text(title, style="bold"),
        Text(f"{unit_name}") if unit_name else Text("Toàn bộ đơn vị · all units"),
        Text(
            f"Tính đến · as of {format_day(as_of)}; "
            f"công bố · published {published_at:%d/%m/%Y %H:%M:%S}"
        ),
        Text(),
        table,
    )


def notes(figure: Figure) -> list[str]:
    """What a reader must know beside the figure: gaps in the data and what is left to lose."""
    found = []
    missing = figure.missing_deadline_count + figure.missing_completion_count
    if not figure.is_conclusive and figure.verdict in ("met", "not_met", "no_activity"):
        found.append("PHỤ THUỘC DỮ LIỆU THIẾU · depends on missing data")
    if missing:
        found.append(
            f"thiếu hạn {figure.missing_deadline_count}, thiếu ngày xong "
            f"{figure.missing_completion_count} · data missing: {figure.shown_bounds}"
        )
    if figure.failures_left is not None:
        found.append(_margin(figure.failures_left, is_count=figure.is_count))
    return found


def _margin(left: int, *, is_count: bool) -> str:
    if left < 0:
        return f"thiếu {-left} để đạt · {-left} short"
    return f"vượt {left} · {left} above" if is_count else f"còn được hỏng {left} · may fail: {left}"


def _cells(edition: Edition, figure: Figure) -> list[RenderableType]:
    verdict: Words = edition.label("verdict", figure.verdict)
    return [
        figure.measure_id,
        f"{figure.measure_name_vi}\n{figure.measure_name_en}",
        figure.counts,
        figure.shown_rate,
        figure.shown_target,
        Text(f"{verdict.vi}\n{verdict.en}", style=_STYLES.get(figure.verdict, "")),
        "\n".join(notes(figure)),
    ]


def _nothing_there(edition: Edition, period: Period, unit: str | None) -> str:
    [row] = edition.rows(
        "select min(period_start) as first, max(period_end) as last from marts.scorecard"
    )
    held = f"the figures published run from {row['first']} to {row['last']}"
    of_unit = f" of the unit {unit!r} (ids are in marts.dim_unit)" if unit else ""
    return f"There are no figures{of_unit} for the period {period.code}: {held}."
