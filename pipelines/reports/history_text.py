"""The history of one case as text: its treatments, its versions, what moved and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from pipelines.contracts.datasets import DATASETS, Column
from pipelines.reports.cases import case_table
from pipelines.reports.edition import Edition
from pipelines.reports.history import CaseHistory, Version
from pipelines.reports.numbers import NOTHING, format_day
from pipelines.reports.periods import Period
from pipelines.reports.receipt_text import moves_table
from pipelines.reports.terminal import plain_table


def render(edition: Edition, found: CaseHistory, period: Period) -> RenderableType:
    """The whole history."""
    figure = found.figure
    dataset = DATASETS[case_table(edition, figure).dataset]
    columns = {column.name: column for column in dataset.columns}
    parts: list[RenderableType] = [
        Text(f"{figure.measure_id} {figure.measure_name_vi} · {figure.measure_name_en}", "bold"),
        Text(f"Vụ việc · case {found.case_id}, kỳ · period {period.label_vi} ({period.code})"),
        Text(),
        _treatments(edition, found),
    ]
    if found.obligations:
        parts += [Text(), *_obligations(found)]
    for version in found.versions:
        parts += [Text(), *map(Text, _version(version, columns))]
    if found.moves:
        parts += [
            Text(),
            Text("Hạn đã dời · deadlines moved", "bold"),
            moves_table(edition, found.moves),
        ]
    if found.issues:
        parts += [Text(), *_issues(found)]
    return Group(*parts)


def _treatments(edition: Edition, found: CaseHistory) -> RenderableType:
    if not found.treatments:
        return Text("Vụ việc không thuộc kỳ này · the case does not touch this period", "bold")
    table = plain_table(
        "Phạm vi, cách tính · scope, basis",
        "Xếp loại · treatment",
        "Lý do · reason",
        "Từ ngày · from",
        "Hạn tính · due",
        "Xong · completed",
    )
    for row in found.treatments:
        treatment = row["treatment"]
        table.add_row(
            f"{row['scope']} {row['basis']}",
            str(edition.label("treatment", treatment)) if treatment else "Được tính · counted",
            str(edition.label("reason", row["reason"])),
            *(format_day(row[name]) for name in ("received_on", "due_on", "completed_on")),
        )
    return table


def _obligations(found: CaseHistory) -> list[RenderableType]:
    table = plain_table(
        "Sản phẩm · product",
        "Kỳ · period",
        "Hạn nộp · due",
        "Ngày nộp · submitted",
        "Trên mạng · online",
        "Chất lượng · accepted",
        "Đạt · fulfilled",
    )
    for row in found.obligations:
        table.add_row(
            *(
                _shown(row[name])
                for name in ("product", "period", "due_at", "submitted_at", "submitted_online")
            ),
            _shown(row["accepted"]),
            _shown(row["is_fulfilled"]),
        )
    return [Text("Nghĩa vụ trong kỳ · obligations of the period", "bold"), table]


def _version(version: Version, columns: Mapping[str, Column]) -> Iterator[str]:
    """A version's lines: where it was read, its dates, and what changed in it."""
    since, until = format_day(version.since), format_day(version.until)
    yield (
        f"Bản · version {version.number}, {version.case_id}: theo tệp ngày · extract of {since}, "
        f"còn như vậy đến · unchanged until {until}"
    )
    yield f"  {version.file_name}, dòng · row {version.row_number}"
    yield f"  sha256 {version.sha256}"
    status = columns.get("status", columns.get("outcome"))
    state = f"trạng thái · status {_shown(version.status, status)}, " if status else ""
    yield (
        f"  {state}hạn trong tệp · deadline shown {format_day(version.due_shown)}, "
        f"hạn tính · in force {format_day(version.due_in_force)}, "
        f"xong · completed {format_day(version.completed_on)}"
    )
    for name, (before, after) in version.changes.items():
        column = columns[name]
        old = "" if version.number == 1 else f"{_shown(before, column)} → "
        yield f"    {column.label_vi} ({name}): {old}{_shown(after, column)}"


def _issues(found: CaseHistory) -> list[RenderableType]:
    table = plain_table(
        "Mã · code", "Vấn đề · issue", "Thấy từ · seen on", "Cột · column", "Chi tiết · detail"
    )
    for issue in found.issues:
        words = f"{issue['name_vi']} · {issue['name_en']}" if issue["name_vi"] else NOTHING
        table.add_row(
            f"{issue['issue_code']} ({issue['severity']})",
            words,
            format_day(issue["first_seen_on"]),
            issue["column_name"] or NOTHING,
            _detail(issue),
        )
    return [Text("Dữ liệu còn vấn đề · open data-quality issues", "bold"), table]


def _detail(issue: Mapping[str, Any]) -> Text:
    said = (issue["raw_value"], issue["detail"])
    return Text(", ".join(str(part) for part in said if part is not None) or NOTHING)


def _shown(value: object, column: Column | None = None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, date | datetime):
        return format_day(value)
    if column is not None and value in column.codes:
        return column.codes[str(value)][0]
    return str(value)
