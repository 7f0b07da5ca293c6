"""The scorecard of one period in the terminal: 14 measures, their figures and verdicts.

And, on demand, the alternates: the measures that are counted in several ways, side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipelines.reports.edition import Edition, Words
from pipelines.reports.figures import Figure
from pipelines.reports.numbers import NOTHING, format_day
from pipelines.reports.periods import Period
from pipelines.reports.terminal import plain_table

_STYLES = {"met": "green", "not_met": "red", "insufficient_evidence": "yellow"}


def render(
    edition: Edition, found: Sequence[Figure], period: Period, known_on: date | None = None
) -> RenderableType:
    """The headline figures as a table with their notes.

    Args:
        edition: Where the figures are from.
        found: The figures.
        period: Their period.
        known_on: The day whose knowledge was asked for, if it was.
    """
    as_of, published_at = edition.stamp()
    lines = [
        Text(f"Mục tiêu chất lượng {period.label_vi} · Quality objectives {period.code}", "bold"),
        Text(found[0].unit_name or "Toàn bộ đơn vị · all units"),
        Text(
            f"Tính đến · as of {format_day(as_of)}; "
            f"công bố · published {published_at:%d/%m/%Y %H:%M:%S}"
        ),
    ]
    if known_on is not None:
        lines.append(
            Text(f"Ấn bản mới nhất đến hết ngày · newest edition by {format_day(known_on)}")
        )
    return Group(*lines, Text(), _headlines(edition, found))


def render_alternates(edition: Edition, found: Sequence[Figure]) -> RenderableType:
    """Every scope and basis of the measures that are counted in more than one way."""
    ways = Counter(figure.measure_id for figure in found)
    table = plain_table("Mã\nId", "Phạm vi\nScope", "Cách tính\nBasis")
    for heading in ("Đạt/tính\nMet/counted", "Tỷ lệ\nRate", "Khoảng\nBounds"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Đánh giá\nVerdict")
    for figure in found:
        if ways[figure.measure_id] > 1:
            table.add_row(*_alternate(edition, figure))
    title = "Các cách tính cạnh nhau · every way of counting, the headline marked *"
    return Group(Text(title, "bold"), Text(), table)


def notes(figure: Figure) -> list[str]:
    """What a reader must know beside the figure: gaps in the data and what is left to lose."""
    found = []
    if figure.hangs_on_missing_data:
        found.append("PHỤ THUỘC DỮ LIỆU THIẾU · depends on missing data")
    if figure.missing_count:
        found.append(
            f"thiếu hạn {figure.missing_deadline_count}, thiếu ngày xong "
            f"{figure.missing_completion_count} · data missing: {figure.shown_bounds}"
        )
    if figure.failures_left is not None:
        found.append(_margin(figure.failures_left, is_count=figure.is_count))
    return found


def _margin(left: int, *, is_count: bool) -> str:
    if left < 0:
        return f"còn thiếu {-left} để đạt · {-left} short"
    if is_count:
        return f"vượt {left} · {left} above"
    return f"còn được phép không đạt thêm {left} · may still fail: {left}"


def _headlines(edition: Edition, found: Sequence[Figure]) -> Table:
    table = plain_table()
    table.add_column("Mã\nId", no_wrap=True)
    table.add_column("Mục tiêu\nMeasure", min_width=24, overflow="fold")
    for heading in ("Đạt/tính\nMet/counted", "Tỷ lệ\nRate", "Chỉ tiêu\nTarget"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Đánh giá\nVerdict", no_wrap=True)
    table.add_column("Ghi chú\nNotes", min_width=18, overflow="fold")
    for figure in found:
        table.add_row(
            figure.measure_id,
            f"{figure.measure_name_vi}\n{figure.measure_name_en}",
            figure.counts,
            figure.shown_rate,
            figure.shown_target,
            _verdict(edition, figure, "\n"),
            "\n".join(notes(figure)),
        )
    return table


def _alternate(edition: Edition, figure: Figure) -> list[RenderableType]:
    mark = "*" if figure.is_headline else ""
    return [
        f"{figure.measure_id}{mark}",
        figure.scope,
        f"{figure.basis}: {edition.label('basis', figure.basis).vi}",
        figure.counts,
        figure.shown_rate,
        figure.shown_bounds if figure.missing_count else NOTHING,
        _verdict(edition, figure, " · "),
    ]


def _verdict(edition: Edition, figure: Figure, between: str) -> Text:
    words: Words = edition.label("verdict", figure.verdict)
    return Text(f"{words.vi}{between}{words.en}", style=_STYLES.get(figure.verdict, ""))
