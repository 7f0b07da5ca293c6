"""The faults of data that stand open, beside the figures they hurt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.reports.edition import Edition, Words

SHOWN = 6
"""Kinds of fault named for each dataset, errors first."""

_COUNTS_SQL = """
    with
    counted as (
        select dataset, issue_code, severity, count(*) as issues
        from marts.data_quality_issues
        where is_open
        group by all
    )
    select
        counted.dataset,
        counted.issue_code,
        counted.severity,
        counted.issues,
        codes.name_vi,
        codes.name_en,
        sum(counted.issues) over (partition by counted.dataset)::bigint as all_issues
    from counted
    left join seeds.issue_codes as codes using (issue_code)
    qualify
        row_number() over (
            partition by counted.dataset
            order by
                list_position(['error', 'warning', 'info'], counted.severity),
                counted.issues desc,
                counted.issue_code
        ) <= $shown
    order by
        counted.dataset,
        list_position(['error', 'warning', 'info'], counted.severity),
        counted.issues desc,
        counted.issue_code
"""


@dataclass(frozen=True)
class Fault:
    """How often one fault stands open in a dataset."""

    issue_code: str
    name: Words
    severity: str
    issues: int
    all_issues: int


def open_faults(edition: Edition) -> Mapping[str, Sequence[Fault]]:
    """The open faults of each dataset, the gravest and most frequent first."""
    found: dict[str, list[Fault]] = {}
    for row in edition.rows(_COUNTS_SQL, {"shown": SHOWN}):
        name = Words(row["name_vi"] or row["issue_code"], row["name_en"] or row["issue_code"])
        found.setdefault(row["dataset"], []).append(
            Fault(row["issue_code"], name, row["severity"], row["issues"], row["all_issues"])
        )
    return found
