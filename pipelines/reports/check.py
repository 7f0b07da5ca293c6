"""The dry run of one extract as text: what would be read, left out, rejected, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from pipelines.extracts.facts import FileFacts
from pipelines.extracts.layout.furniture import KINDS
from pipelines.extracts.preview import FaultCount, Preview, PreviewFault
from pipelines.reports.numbers import NOTHING, format_day
from pipelines.reports.terminal import plain_table


def render(found: Preview) -> RenderableType:
    """The result of a dry run."""
    parts: list[RenderableType] = [
        Text(f"{found.file_name} · nguồn · source {found.source}", "bold"),
        Text(f"Ngày kết xuất · extract date: {format_day(found.extracted_on)}"),
    ]
    parts += [Text(f"Bị từ chối · rejected: {error}", "red") for error in found.errors]
    if found.facts is None and found.format is not None:
        parts.append(Text(f"Tệp · file: format {found.format}"))
    if found.facts is not None:
        parts += map(Text, _table(found.facts))
        parts += map(Text, _columns(found.facts))
        parts.append(_rows(found.facts))
    parts += _counted(found.counts)
    parts += _listed("Dòng bị loại · rejected rows", found.faults)
    parts += _listed("Lưu ý · kept, with an issue", found.issues)
    return Group(*parts)


def is_clean(found: Preview) -> bool:
    """Whether the file would be loaded with every row."""
    return not found.errors and found.facts is not None and not found.facts.rows_rejected


def _table(facts: FileFacts) -> Iterator[str]:
    """How the table lies in the file."""
    traits = {
        "format": facts.format,
        "encoding": facts.encoding,
        "delimiter": repr(facts.delimiter) if facts.delimiter else None,
        "sheet": facts.sheet,
        "header row": facts.header_rows and "-".join(map(str, sorted({*facts.header_rows}))),
    }
    shown = ", ".join(f"{name} {value}" for name, value in traits.items() if value is not None)
    yield f"Tệp · file: {shown}"
    if facts.period is not None:
        yield f"Kỳ · period: {facts.period}"
    if facts.furniture:
        kinds = (f"{KINDS[kind]} {count}" for kind, count in facts.furniture.items())
        yield f"Bỏ qua, không phải hồ sơ · left out, no cases: {'; '.join(kinds)}"
    for note in facts.notes:
        yield f"Lưu ý · note: {note}"


def _columns(facts: FileFacts) -> Iterator[str]:
    yield f"Cột · columns: {_pairs(facts.matched)}"
    if facts.absent:
        yield f"Không có · absent, not required: {', '.join(facts.absent)}"
    if facts.renamed:
        yield (
            f"Có thể đã đổi tên · perhaps renamed: {_pairs(facts.renamed)}; if so, add the header "
            "to the contract"
        )
    if facts.ignored:
        yield f"Không lưu · not stored: {', '.join(facts.ignored)}"


def _pairs(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ← {header}" for name, header in columns.items())


def _rows(facts: FileFacts) -> Text:
    return Text(
        f"Dòng · rows: {facts.rows_read} đọc · read = {facts.rows_accepted} nhận · accepted + "
        f"{facts.rows_rejected} loại · rejected + {facts.rows_duplicate} lặp · repeated",
        "bold",
    )


def _counted(counts: Sequence[FaultCount]) -> list[RenderableType]:
    lines = (
        f"  {count.rows} × {count.code} ({count.column_name})"
        if count.column_name
        else f"  {count.rows} × {count.code}"
        for count in counts
    )
    return [Text(line) for line in lines]


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
