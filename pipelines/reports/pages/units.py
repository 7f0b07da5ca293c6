"""The pages of units, `units/<unit>.html`: figures, cases to work on and faults to correct.

Cases are named by their ids alone: titles and raw values may hold what concerns a person. All units
are read at once, a list at a time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts.datasets import DATASETS
from pipelines.reports.edition import Edition, Words
from pipelines.reports.figures import Figure, headlines_by_unit
from pipelines.reports.pages.html import frame, render
from pipelines.reports.periods import Period

SHOWN = 200
"""Rows of a list on one page; how many there are, and how to list them all, stands beside it."""

UNKNOWN = "(unknown)"
"""Stands for the unit of a case that names none, as in the marts."""

_FOLDER = "units"
_PLAIN = re.compile(r"[0-9][0-9A-Z.-]{0,60}")

_OVERVIEW_SQL = """
    with
    judged as (
        select
            unit_id,
            any_value(unit_name) as unit_name,
            count(*) filter (verdict in ('met', 'not_met')) as judged,
            count(*) filter (verdict = 'not_met') as not_met
        from marts.scorecard_by_unit
        where is_headline and period_grain = $grain and period_start = $start
        group by unit_id
    ),
    pending as (
        select
            coalesce(unit_id, $unknown) as unit_id,
            count(*) filter (state = 'overdue') as overdue,
            count(*) filter (state in ('due_today', 'due_soon')) as due_soon,
            count(*) filter (state = 'missing_deadline') as without_deadline
        from marts.follow_up
        group by all
    ),
    faulty as (
        select coalesce(unit_id, $unknown) as unit_id, count(*) as faults
        from marts.data_quality_issues
        where is_open
        group by all
    ),
    listed as (
        select unit_id from judged
        union
        select unit_id from pending
        union
        select unit_id from faulty
        union
        select unit_id from marts.dim_unit
        where
            coalesce(valid_from <= (select any_value(as_of) from marts.scorecard), true)
            and coalesce(valid_to >= (select any_value(as_of) from marts.scorecard), true)
    )
    select
        listed.unit_id,
        coalesce(units.unit_name, judged.unit_name, listed.unit_id) as unit_name,
        coalesce(judged.judged, 0) as judged,
        coalesce(judged.not_met, 0) as not_met,
        coalesce(pending.overdue, 0) as overdue,
        coalesce(pending.due_soon, 0) as due_soon,
        coalesce(pending.without_deadline, 0) as without_deadline,
        coalesce(faulty.faults, 0) as faults
    from listed
    left join marts.dim_unit as units using (unit_id)
    left join judged using (unit_id)
    left join pending using (unit_id)
    left join faulty using (unit_id)
    order by listed.unit_id
"""
_PENDING_SQL = """
    select
        coalesce(unit_id, $unknown) as unit_id, dataset, case_id, due_on, working_days_left, state,
        last_urged_on
    from marts.follow_up
    qualify
        row_number() over (
            partition by coalesce(unit_id, $unknown) order by due_on nulls last, dataset, case_id
        ) <= $shown
    order by unit_id, due_on nulls last, dataset, case_id
"""
_FAULTS_SQL = """
    select
        coalesce(issues.unit_id, $unknown) as unit_id, issues.severity, issues.dataset,
        issues.case_id, issues.column_name, issues.row_number, issues.first_seen_on,
        extracts.file_name,
        coalesce(codes.name_vi, issues.issue_code) as name_vi,
        coalesce(codes.name_en, issues.issue_code) as name_en
    from marts.data_quality_issues as issues
    left join seeds.issue_codes as codes using (issue_code)
    left join marts.extract_log as extracts using (extract_id)
    where issues.is_open
    qualify
        row_number() over (
            partition by coalesce(issues.unit_id, $unknown)
            order by
                list_position(['error', 'warning', 'info'], issues.severity),
                issues.issue_code, issues.case_id, issues.row_number, issues.column_name
        ) <= $shown
    order by
        unit_id,
        list_position(['error', 'warning', 'info'], issues.severity),
        issues.issue_code, issues.case_id, issues.row_number, issues.column_name
"""


@dataclass(frozen=True)
class Unit:
    """One unit as the list of units shows it.

    Attributes:
        unit_id: Its id, or `(unknown)`.
        unit_name: Its name.
        judged: Headline measures of the period that it met or did not meet.
        not_met: Those that it did not.
        overdue: Open cases past their deadline, on the as-of date.
        due_soon: Open cases due that day or within 7 days.
        without_deadline: Open cases without a deadline.
        faults: Open faults of data.
    """

    unit_id: str
    unit_name: str
    judged: int
    not_met: int
    overdue: int
    due_soon: int
    without_deadline: int
    faults: int

    @property
    def name(self) -> Words:
        """Its name in both languages; those of units are Vietnamese."""
        if self.unit_id == UNKNOWN:
            return Words("Không rõ đơn vị", "Unit unknown")
        return Words(self.unit_name, self.unit_name)

    @property
    def pending(self) -> int:
        """Cases of the follow-up list."""
        return self.overdue + self.due_soon + self.without_deadline

    @property
    def condition(self) -> str:
        """What selects its rows in a query."""
        own = f"unit_id = '{self.unit_id.replace(chr(39), chr(39) * 2)}'"
        return f"({own} or unit_id is null)" if self.unit_id == UNKNOWN else own

    @property
    def path(self) -> str:
        """Its page, as linked from that of the province."""
        return f"{_FOLDER}/{page_name(self.unit_id)}"


def overview(edition: Edition, period: Period) -> list[Unit]:
    """Every unit of the list of units, and every other one that has figures, cases or faults."""
    values = {"grain": period.grain, "start": period.start, "unknown": UNKNOWN}
    return [Unit(**row) for row in edition.rows(_OVERVIEW_SQL, values)]


def page_name(unit_id: str) -> str:
    """A file name that any system takes, and no other unit has.

    Ids that are codes stay readable. Whatever else an extract may give as a unit is shortened to
    plain letters, with a hash that tells it from others.
    """
    if _PLAIN.fullmatch(unit_id):
        return f"{unit_id}.html"
    readable = re.sub(r"[^0-9a-z]+", "-", unit_id.lower()).strip("-")[:40]
    return f"u-{readable}-{hashlib.sha256(unit_id.encode()).hexdigest()[:8]}.html"


def write(edition: Edition, folder: Path) -> list[Path]:
    """Write a page for every unit."""
    period = edition.reported_period()
    values = {"unknown": UNKNOWN, "shown": SHOWN}
    figures = _figures_by_unit(headlines_by_unit(edition, period))
    pending = _by_unit(edition.rows(_PENDING_SQL, values))
    faults = _by_unit(edition.rows(_FAULTS_SQL, values))
    (folder / _FOLDER).mkdir()
    common, paths = frame(edition), []
    for unit in overview(edition, period):
        page = render(
            "unit.html",
            common,
            unit=unit,
            figures=figures.get(unit.unit_id, ()),
            pending=pending.get(unit.unit_id, ()),
            faults=faults.get(unit.unit_id, ()),
            datasets=DATASETS,
            column_label=column_label,
        )
        path = folder / unit.path
        path.write_text(page, encoding="utf-8")
        paths.append(path)
    return paths


def column_label(dataset: str | None, column: str | None) -> str:
    """What offices call a column: its Vietnamese header where the dataset declares it."""
    declared = DATASETS.get(dataset or "")
    columns = declared.columns if declared else ()
    return next((item.label_vi for item in columns if item.name == column), column or "")


def _figures_by_unit(figures: Iterable[Figure]) -> Mapping[str, Sequence[Figure]]:
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.unit_id or UNKNOWN, []).append(figure)
    return found


def _by_unit(rows: Iterable[dict[str, Any]]) -> Mapping[str, Sequence[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["unit_id"], []).append(row)
    return found
