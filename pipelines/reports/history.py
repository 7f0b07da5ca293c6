"""The history of one case: how it was treated, and every version down to file, hash and row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipelines.contracts.datasets import DATASETS
from pipelines.errors import ConfigurationError
from pipelines.reports.cases import CaseTable, case_table
from pipelines.reports.edition import Edition
from pipelines.reports.figures import Figure

_TREATMENTS_SQL = """
    select scope, basis, treatment, reason, received_on, due_on, completed_on
    from marts.measure_cases
    where
        measure_id = $measure and period_grain = $grain and period_start = $start
        and case_id = $case
    order by scope <> 'qms', scope, basis
"""
_VERSIONS_SQL = """
    select versions.*, log.file_name, log.sha256
    from marts.{versions} as versions
    left join marts.extract_log as log on versions.extract_id = log.extract_id
    where
        {case_of_row} = $case
        and ($asked is null or versions.case_id = any($asked))
    order by versions.case_id, versions.version_no
"""
_MOVES_SQL = """
    select case_id, changed_on, due_before, due_after, explanation
    from marts.deadline_changes
    where dataset = $dataset and {case_of_row} = $case
    order by case_id, changed_on, due_before
"""
_ISSUES_SQL = """
    select
        issues.issue_code, issues.severity, issues.case_id, issues.column_name, issues.raw_value,
        issues.detail, issues.first_seen_on, codes.name_vi, codes.name_en
    from marts.data_quality_issues as issues
    left join seeds.issue_codes as codes on issues.issue_code = codes.issue_code
    where
        issues.dataset = $dataset and issues.is_open
        and (issues.case_id = $case or {case_of_row} = $case)
    order by issues.first_seen_on, issues.issue_code, issues.case_id
"""
_OBLIGATIONS_SQL = """
    select case_id, product, period, due_at, submitted_at, submitted_online, accepted, is_fulfilled
    from marts.fct_unit_reports
    where unit_id = $case and due_at::date between $start and $evaluated_on
    order by due_at, case_id
"""
_OF_UNITS = "unit_reports"


@dataclass(frozen=True)
class Version:
    """What one extract said about a row that no earlier one had said.

    Attributes:
        case_id: Key of the row; of 06 and 09 it is longer than that of the case.
        number: Its place among the row's versions, from 1.
        since: Date of the extract that said it first.
        until: Date of the last extract that said the same.
        file_name: That first extract's source and file.
        sha256: Hash of the file.
        row_number: The row, as a person sees it in the file.
        status: Its status or outcome, where the dataset has one.
        due_shown: The deadline as the extract showed it.
        due_in_force: The deadline that counts from then on.
        completed_on: The completion date that counts.
        changes: Canonical column -> value before and after; the first version has null before.
    """

    case_id: str
    number: int
    since: date
    until: date
    file_name: str
    sha256: str
    row_number: int
    status: str | None
    due_shown: datetime | None
    due_in_force: date | None
    completed_on: date | None
    changes: Mapping[str, tuple[object, object]]


@dataclass(frozen=True)
class CaseHistory:
    """All that is known of one case.

    Attributes:
        case_id: The case.
        figure: A figure of the measure and period that was asked for.
        treatments: One row for every scope and basis of the period that it touches.
        obligations: Of a unit (09), what it owed in the period.
        versions: Every version of its rows; of a unit only those of its obligations.
        moves: Moves of its deadlines.
        issues: What is still wrong with its data.
    """

    case_id: str
    figure: Figure
    treatments: Sequence[Mapping[str, Any]]
    obligations: Sequence[Mapping[str, Any]]
    versions: Sequence[Version]
    moves: Sequence[Mapping[str, Any]]
    issues: Sequence[Mapping[str, Any]]


def history(edition: Edition, figure: Figure, case: str) -> CaseHistory:
    """Collect the history of a case.

    Args:
        edition: The edition that the figure is from.
        figure: Any figure of the measure and period.
        case: The case, as in `marts.measure_cases`.

    Raises:
        ConfigurationError: No extract ever listed the case.
    """
    table = case_table(edition, figure)
    period = {"grain": figure.period_grain, "start": figure.period_start}
    of_case = {"case": case, "dataset": table.dataset}
    is_unit = table.dataset == _OF_UNITS
    owed = {"case": case, "start": figure.period_start, "evaluated_on": figure.evaluated_on}
    obligations = edition.rows(_OBLIGATIONS_SQL, owed) if is_unit else []
    rows = [row["case_id"] for row in obligations] if is_unit else None
    return CaseHistory(
        case_id=case,
        figure=figure,
        treatments=edition.rows(
            _TREATMENTS_SQL, {**period, "measure": figure.measure_id, "case": case}
        ),
        obligations=obligations,
        versions=_versions(edition, table, case, rows),
        moves=edition.rows(_MOVES_SQL.format(case_of_row=table.case_of_row), of_case),
        issues=edition.rows(_ISSUES_SQL.format(case_of_row=table.case_of_row), of_case),
    )


def _versions(
    edition: Edition, table: CaseTable, case: str, asked: Sequence[str] | None
) -> list[Version]:
    """The versions of the case's rows, or of those of its rows that are asked for."""
    query = _VERSIONS_SQL.format(versions=table.versions, case_of_row=table.case_of_row)
    rows = edition.rows(query, {"case": case, "asked": asked})
    if not rows:
        raise ConfigurationError(
            f"There is no case {case!r} in {table.dataset}; the cases of a figure are the column "
            "case_id of marts.measure_cases."
        )
    return [_version(table, row, before) for row, before in _with_previous(rows)]


def _with_previous(
    rows: Sequence[Mapping[str, Any]],
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    nothing: Mapping[str, Any] = {}
    previous = [nothing, *rows[:-1]]
    return [
        (row, before if before.get("case_id") == row["case_id"] else nothing)
        for row, before in zip(rows, previous, strict=True)
    ]


def _version(table: CaseTable, row: Mapping[str, Any], before: Mapping[str, Any]) -> Version:
    dataset = DATASETS[table.dataset]
    names = [column.name for column in dataset.columns if column.name in row]
    return Version(
        case_id=row["case_id"],
        number=row["version_no"],
        since=row["valid_from_extract_on"],
        until=row["last_listed_on"],
        file_name=f"{row['source']}/{row['file_name']}",
        sha256=row["sha256"],
        row_number=row["row_number"],
        status=row.get("status", row.get("outcome")),
        due_shown=row.get("due_at"),
        due_in_force=row["effective_due_on"],
        completed_on=row["completed_on"],
        changes={
            name: (before.get(name), row[name]) for name in names if before.get(name) != row[name]
        },
    )
