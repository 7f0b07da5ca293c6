"""The history of one case: every version, its file, the hash of that file and the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from pipelines.contracts.datasets import DATASETS
from pipelines.errors import ConfigurationError
from pipelines.reports.edition import Edition
from pipelines.reports.numbers import NOTHING, format_day

_DOSSIERS = ("dossiers", "fct_dossier_versions")
_DIRECTIVES = ("directives", "fct_directive_versions")
_SOURCES: Mapping[str, tuple[str, str]] = {
    "01": ("qms_milestones", "fct_qms_milestone_versions"),
    "02": ("programme_tasks", "fct_programme_task_versions"),
    "03a": _DIRECTIVES,
    "03b": _DIRECTIVES,
    "04a": _DIRECTIVES,
    "04b": _DIRECTIVES,
    "05a": _DOSSIERS,
    "05b": _DOSSIERS,
    "06": ("documents", "fct_document_versions"),
    "07a": _DOSSIERS,
    "07b": _DOSSIERS,
    "08": ("regulations", "fct_regulation_versions"),
    "09": ("unit_reports", "fct_unit_report_versions"),
    "10": ("initiatives", "fct_initiative_versions"),
}
"""The dataset of every measure's cases and the table of its versions."""

_HISTORY_SQL = """
    select versions.*, log.file_name, log.sha256, log.extracted_on
    from marts.{table} as versions
    left join marts.extract_log as log on versions.extract_id = log.extract_id
    where versions.case_id = $case or starts_with(versions.case_id, $case || '|')
    order by versions.case_id, versions.valid_from_extract_on, log.loaded_at
"""


@dataclass(frozen=True)
class Version:
    """What one extract said about a case that no earlier one had said."""

    case_id: str
    extracted_on: date
    file_name: str
    sha256: str
    row_number: int
    changes: Mapping[str, tuple[object, object]]
    """Canonical column -> value before and after; the first version has null before."""


def history(edition: Edition, measure_id: str, case: str) -> list[Version]:
    """Every version of a case, oldest first.

    A case of measure 06 is a document with a row for each handling unit, one of measure 09 a unit
    with a row for each obligation: their rows' histories follow one another.

    Raises:
        ConfigurationError: No extract ever listed the case.
    """
    dataset, table = _SOURCES[measure_id]
    rows = edition.rows(_HISTORY_SQL.format(table=table), {"case": case})
    if not rows:
        raise ConfigurationError(
            f"No extract ever listed the case {case!r} in {dataset}; "
            f"case ids are the column case_id of marts.{table}."
        )
    names = [column.name for column in DATASETS[dataset].columns]
    return [_version(row, before, names) for row, before in _with_previous(rows)]


def render(
    edition: Edition,
    measure_id: str,
    versions: Sequence[Version],
    treated: Mapping[str, Any] | None,
) -> RenderableType:
    """The history as text: one block per version, only what changed in it."""
    labels = {column.name: column.label_vi for column in DATASETS[_SOURCES[measure_id][0]].columns}
    lines: list[Text] = [_treated(edition, treated)]
    for version in versions:
        lines += [
            Text(),
            Text(
                f"{version.case_id} · theo bản · as of {format_day(version.extracted_on)}", "bold"
            ),
            Text(f"  {version.file_name}, dòng · row {version.row_number}"),
            Text(f"  sha256 {version.sha256}"),
        ]
        for name, (before, after) in version.changes.items():
            change = _shown(after) if before is None else f"{_shown(before)} → {_shown(after)}"
            lines.append(Text(f"  {labels[name]} ({name}): {change}"))
    return Group(*lines)


def _with_previous(
    rows: Sequence[Mapping[str, Any]],
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    nothing: Mapping[str, Any] = {}
    previous = [nothing, *rows[:-1]]
    return [
        (row, before if before.get("case_id") == row["case_id"] else nothing)
        for row, before in zip(rows, previous, strict=True)
    ]


def _version(row: Mapping[str, Any], before: Mapping[str, Any], names: Sequence[str]) -> Version:
    return Version(
        case_id=row["case_id"],
        extracted_on=row["extracted_on"],
        file_name=row["file_name"],
        sha256=row["sha256"],
        row_number=row["row_number"],
        changes={
            name: (before.get(name), row[name])
            for name in names
            if name in row and before.get(name) != row[name]
        },
    )


def _treated(edition: Edition, treated: Mapping[str, Any] | None) -> Text:
    if treated is None:
        return Text("Vụ việc không thuộc kỳ này · the case does not touch this figure", "bold")
    words = edition.label("treatment", treated["treatment"])
    reason = edition.label("reason", treated["reason"])
    dates = ", ".join(
        f"{name} {format_day(treated[column])}"
        for name, column in (
            ("tiếp nhận · received", "received_on"),
            ("hạn tính · effective deadline", "due_on"),
            ("xong · completed", "completed_on"),
        )
    )
    return Text(f"{words.vi} · {words.en} ({reason.vi}): {dates}", "bold")


def _shown(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, date | datetime):
        return format_day(value)
    return str(value)
