"""The receipt of a figure: what was counted, what was not and why, and whose cases these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.reports.cases import case_table
from pipelines.reports.edition import Edition
from pipelines.reports.figures import Figure

SHOWN = 20
"""Cases listed per treatment, and deadline moves, unless all are asked for."""
LISTED = (
    "failed",
    "missing_deadline",
    "missing_completion",
    "exempt",
    "suspended",
    "undecided",
    "excluded",
)
"""Treatments whose cases are listed, in this order; `met` needs no explanation."""

# `marts.measure_cases` works out every case when it is asked; one receipt asks it once.
_GATHER_SQL = """
    create or replace temp table receipt_cases as
    select treatment, reason, case_id, unit_id, received_on, due_on, completed_on
    from marts.measure_cases
    where
        measure_id = $measure and scope = $scope and basis = $basis
        and period_grain = $grain and period_start = $start
        and ($unit is null or unit_id = $unit)
"""
_COUNTS_SQL = """
    select treatment, reason, count(*) as cases
    from temp.receipt_cases
    group by treatment, reason
    order by list_position($treatments, treatment), cases desc, reason
"""
_CASES_SQL = """
    select *
    from temp.receipt_cases
    where treatment is null or treatment = any($listed)
    qualify
        $shown is null
        or row_number() over (partition by treatment order by due_on, case_id) <= $shown
    order by treatment, due_on, case_id
"""
_MOVES_SQL = """
    with
    moves as (
        select * exclude (case_id), {case_of_row} as case_id
        from marts.deadline_changes
        where dataset = $dataset
    )
    select case_id, moves.changed_on, moves.due_before, moves.due_after, moves.explanation
    from moves
    semi join temp.receipt_cases using (case_id)
    order by case_id, moves.changed_on, moves.due_before
"""


@dataclass(frozen=True)
class Receipt:
    """One figure with the counts and cases behind it.

    Attributes:
        figure: The figure.
        clause: The words of the decision that set its target.
        unit: The unit it is of; None for all.
        counts: Cases by treatment and reason; together all cases that touch the period.
        cases: The cases of every treatment in `LISTED`; of a count, which knows no treatment, all.
        moves: Every move of a deadline of a case in `counts`, by case and date.
        shown: How many cases of a treatment, and moves, are listed at most; None for all.
    """

    figure: Figure
    clause: str
    unit: str | None
    counts: Sequence[Mapping[str, Any]]
    cases: Sequence[Mapping[str, Any]]
    moves: Sequence[Mapping[str, Any]]
    shown: int | None

    def count(self, *treatments: str | None) -> int:
        """How many cases have one of these treatments."""
        return sum(row["cases"] for row in self.counts if row["treatment"] in treatments)

    @property
    def outside(self) -> int:
        """What the denominator counts beside cases: dossiers handled outside the system (07a)."""
        return (self.figure.denominator or 0) - self.count("met", "failed")


def receipt(
    edition: Edition, figure: Figure, *, unit: str | None = None, shown: int | None = SHOWN
) -> Receipt:
    """Collect the receipt of a figure.

    Args:
        edition: The edition that the figure is from.
        figure: The figure.
        unit: The unit it is of.
        shown: How many cases of a treatment to list; None for all.
    """
    parameters = {
        "measure": figure.measure_id,
        "scope": figure.scope,
        "basis": figure.basis,
        "grain": figure.period_grain,
        "start": figure.period_start,
        "unit": unit,
    }
    table = case_table(edition, figure)
    edition.rows(_GATHER_SQL, parameters)
    return Receipt(
        figure=figure,
        clause=clause_of(edition, figure),
        unit=unit,
        counts=edition.rows(_COUNTS_SQL, {"treatments": ["met", *LISTED]}),
        cases=edition.rows(_CASES_SQL, {"listed": list(LISTED), "shown": shown}),
        moves=edition.rows(
            _MOVES_SQL.format(case_of_row=table.case_of_row), {"dataset": table.dataset}
        ),
        shown=shown,
    )


def clause_of(edition: Edition, figure: Figure) -> str:
    """The clause of the decision by which the figure's period is judged."""
    [clause] = edition.rows(
        """
        select clause_ref, clause_vi from seeds.targets
        where decision_id = $decision and measure_id = $measure
        """,
        {"decision": figure.decision_id, "measure": figure.measure_id},
    )
    return f"{figure.decision_id}, {clause['clause_ref']}: “{clause['clause_vi']}”"
