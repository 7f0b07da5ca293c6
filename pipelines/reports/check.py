"""The dry run of one extract as text: what would be read, ignored, rejected, and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from pipelines.extracts.preview import Preview, PreviewFault
from pipelines.reports.numbers import NOTHING, format_day
from pipelines.reports.terminal import plain_table


def render(found: Preview) -> RenderableType:
    """The result of a dry run."""
    lines = [
        Text(f"{found.file_name} · nguồn · source {found.source}", "bold"),
        Text(f"Ngày kết xuất · extract date: {format_day(found.extracted_on)}"),
    ]
    lines += [Text(f"Bị từ chối · rejected: {error}", "red") for error in found.errors]
    if found.rows_read is None:
        return Group(*lines)
    parts: list[RenderableType] = [*lines, *_layout(found), _rows(found)]
    parts += _listed("Dòng bị loại · rejected rows", found.faults)
    parts += _listed("Lưu ý · kept, with an issue", found.issues)
    return Group(*parts)


def is_clean(found: Preview) -> bool:
    """Whether the file would be loaded with every row."""
    return not found.errors and not found.rows_rejected


def _layout(found: Preview) -> list[Text]:
    traits = {
        "format": found.format,
        "encoding": found.encoding,
        "delimiter": repr(found.delimiter) if found.delimiter else None,
        "sheet": found.sheet,
        "header row": found.header_row,
    }
    shown = ", ".join(f"{name} {value}" for name, value in traits.items() if value is not None)
    matched = ", ".join(f"{name} ← {header}" for name, header in (found.matched or {}).items())
    lines = [Text(f"Tệp · file: {shown}"), Text(f"Cột · columns: {matched}")]
    if found.absent:
        lines.append(Text(f"Không có · absent, not required: {', '.join(found.absent)}"))
    if found.ignored:
        lines.append(Text(f"Không lưu · not stored: {', '.join(found.ignored)}"))
    return lines


def _rows(found: Preview) -> Text:
    return Text(
        f"Dòng · rows: {found.rows_read} đọc · read = {found.rows_accepted} nhận · accepted + "
        f"{found.rows_rejected} loại · rejected + {found.rows_duplicate} lặp · repeated",
        "bold",
    )


def _listed(title: str, faults: Sequence[PreviewFault]) -> list[RenderableType]:
    if not faults:
        return []
    table = plain_table(
        "Dòng · row", "Ô · cell", "Cột · column", "Giá trị · value", "Lý do · reason"
    )
    for fault in faults:
        table.add_row(
            str(fault.row_number),
            fault.cell or NOTHING,
            fault.header or fault.column_name or NOTHING,
            NOTHING if fault.raw_value is None else Text(fault.raw_value),
            Text(fault.reason),
        )
    return [Text(), Text(f"{title} (đầu tiên · the first {len(faults)})", "bold"), table]
