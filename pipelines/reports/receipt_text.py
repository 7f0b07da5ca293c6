"""The receipt of a figure as text and tables, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from pipelines.reports.edition import Edition
from pipelines.reports.figures import Figure
from pipelines.reports.numbers import NOTHING, format_day
from pipelines.reports.periods import Period
from pipelines.reports.receipt import LISTED, Receipt
from pipelines.reports.scorecard import notes
from pipelines.reports.terminal import plain_table

UNEXPLAINED = "unexplained"
"""Label of a move that nothing explains; the marts have null there."""


def render(edition: Edition, found: Receipt, period: Period) -> RenderableType:
    """The whole receipt."""
    parts: list[RenderableType] = [
        head(edition, found.figure, period, found.clause),
        Text(),
        _counts(edition, found),
    ]
    for treatment in (None, *LISTED):
        cases = [case for case in found.cases if case["treatment"] == treatment]
        if cases:
            parts += [Text(), *_case_list(edition, found, treatment, cases)]
    if found.moves:
        parts += [Text(), *_moves(edition, found)]
    return Group(*parts)


def head(edition: Edition, figure: Figure, period: Period, clause: str) -> RenderableType:
    """The figure itself, what it means and what was demanded."""
    as_of, published_at = edition.stamp()
    verdict = edition.label("verdict", figure.verdict)
    window = f"{format_day(figure.period_start)} – {format_day(figure.period_end)}"
    evaluated = f"đánh giá tại · evaluated on {format_day(figure.evaluated_on)}"
    published = f"công bố · published {published_at:%d/%m/%Y %H:%M:%S}"
    lines = [
        clause,
        f"Kỳ · period: {period.label_vi} ({period.code}), {window}, {evaluated}",
        f"Phạm vi · scope: {figure.scope}: {edition.label('scope', figure.scope)}",
        f"Cách tính · basis: {figure.basis}: {edition.label('basis', figure.basis)}",
        *([f"Đơn vị · unit: {figure.unit_name}"] if figure.unit_name else []),
        f"Tính đến · as of {format_day(as_of)}; {published}",
    ]
    rate = "" if figure.is_count else f" = {figure.shown_rate}"
    result = f"{figure.counts}{rate}, chỉ tiêu · target {figure.shown_target}: {verdict}"
    return Group(
        Text(f"{figure.measure_id} {figure.measure_name_vi} · {figure.measure_name_en}", "bold"),
        *map(Text, lines),
        Text(result, "bold"),
        *(Text(f"  {note}") for note in notes(figure)),
    )


def moves_table(edition: Edition, moves: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Moves of deadlines: when, from, to, and what explains them."""
    table = plain_table(
        "Vụ việc · case", "Biết từ · seen on", "Hạn cũ · from", "Hạn mới · to", "Căn cứ · reason"
    )
    for move in moves:
        table.add_row(
            move["case_id"],
            *(format_day(move[name]) for name in ("changed_on", "due_before", "due_after")),
            str(edition.label("explanation", move["explanation"] or UNEXPLAINED)),
        )
    return table


def _counts(edition: Edition, found: Receipt) -> RenderableType:
    """Every treatment and reason, and how they add up to the figure."""
    table = plain_table()
    table.add_column("Vụ việc · cases", justify="right")
    table.add_column("Xếp loại · treatment")
    table.add_column("Lý do · reason")
    for row in found.counts:
        table.add_row(
            str(row["cases"]),
            str(edition.label("treatment", row["treatment"])),
            str(edition.label("reason", row["reason"])),
        )
    total = sum(row["cases"] for row in found.counts)
    table.add_row(str(total), "Tổng thuộc kỳ · all that touch the period", "")
    return Group(table, *map(Text, _sums(found)))


def _sums(found: Receipt) -> list[str]:
    if found.figure.is_count:
        return []
    met, failed, outside = found.count("met"), found.count("failed"), found.outside
    beside = f" + {outside} ngoài hệ thống · outside the system" if outside else ""
    counted = f"{met} đạt · met + {failed} không đạt · failed{beside}"
    return [
        f"Tử số · numerator: {met} đạt · met",
        f"Mẫu số · denominator: {counted} = {met + failed + outside}",
    ]


def _case_list(
    edition: Edition, found: Receipt, treatment: str | None, cases: Sequence[Mapping[str, Any]]
) -> list[RenderableType]:
    table = plain_table(
        "Vụ việc · case",
        "Đơn vị · unit",
        "Từ ngày · from",
        "Hạn tính · due",
        "Xong · completed",
        "Lý do · reason",
    )
    for case in cases:
        table.add_row(
            case["case_id"],
            case["unit_id"] or NOTHING,
            *(format_day(case[name]) for name in ("received_on", "due_on", "completed_on")),
            str(edition.label("reason", case["reason"])),
        )
    words = edition.label("treatment", treatment) if treatment else "Được tính · counted"
    total = found.count(treatment)
    return [Text(f"{words}: {total}", "bold"), table, *_rest(total - len(cases))]


def _moves(edition: Edition, found: Receipt) -> list[RenderableType]:
    shown = found.moves[: found.shown]
    title = f"Hạn đã dời của các vụ việc này · deadlines moved: {len(found.moves)}"
    return [
        Text(title, "bold"),
        moves_table(edition, shown),
        *_rest(len(found.moves) - len(shown)),
    ]


def _rest(left_out: int) -> list[RenderableType]:
    if not left_out:
        return []
    return [Text(f"… và {left_out} nữa, xem bằng --all · {left_out} more, shown by --all")]
