"""The receipt of a figure: what was counted, what was not and why, and whose cases these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipelines.errors import ConfigurationError
from pipelines.reports.edition import Edition
from pipelines.reports.numbers import NOTHING, format_day
from pipelines.reports.periods import Period
from pipelines.reports.scorecard import Figure, figures, notes

CASES_SHOWN = 20
"""Cases listed per treatment; the note below the list says how to see the rest."""
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

_FIGURE_FILTER = """
    measure_id = $measure and scope = $scope and basis = $basis
    and period_grain = $grain and period_start = $start
    and ($unit is null or unit_id = $unit)
"""
_COUNTS_SQL = f"""
    select treatment, reason, count(*) as cases
    from marts.measure_cases
    where {_FIGURE_FILTER}
    group by treatment, reason
    order by treatment, cases desc, reason
"""
_CASES_SQL = f"""
    select treatment, reason, case_id, unit_id, received_on, due_on, completed_on
    from marts.measure_cases
    where {_FIGURE_FILTER} and treatment = any($listed)
    qualify row_number() over (partition by treatment order by due_on, case_id) <= $shown
    order by treatment, due_on, case_id
"""
_CASE_SQL = f"""
    select treatment, reason, case_id, unit_id, received_on, due_on, completed_on
    from marts.measure_cases
    where {_FIGURE_FILTER} and case_id = $case
"""
_CLAUSE_SQL = """
    select clause_ref, clause_vi from seeds.targets
    where decision_id = $decision and measure_id = $measure
"""


@dataclass(frozen=True)
class Receipt:
    """One figure with the counts and cases behind it."""

    figure: Figure
    clause: str
    parameters: Mapping[str, object]
    counts: Sequence[Mapping[str, Any]]
    cases: Sequence[Mapping[str, Any]]


def receipt(edition: Edition, measure: str, period: Period, unit: str | None = None) -> Receipt:
    """Collect the receipt of a headline figure.

    Raises:
        ConfigurationError: There is no such measure, period or unit.
    """
    found = {figure.measure_id: figure for figure in figures(edition, period, unit)}
    figure = found.get(_measure_id(measure))
    if figure is None:
        raise ConfigurationError(
            f"{measure!r} is not a measure with figures here: choose one of {', '.join(found)}."
        )
    parameters = {
        "measure": figure.measure_id,
        "scope": figure.scope,
        "basis": figure.basis,
        "grain": period.grain,
        "start": period.start,
        "unit": unit,
    }
    [clause] = edition.rows(
        _CLAUSE_SQL, {"decision": figure.decision_id, "measure": figure.measure_id}
    )
    listed = {**parameters, "listed": list(LISTED), "shown": CASES_SHOWN}
    return Receipt(
        figure=figure,
        clause=f"{figure.decision_id}, {clause['clause_ref']}: “{clause['clause_vi']}”",
        parameters=parameters,
        counts=edition.rows(_COUNTS_SQL, parameters),
        cases=edition.rows(_CASES_SQL, listed),
    )


def treatment_of(edition: Edition, found: Receipt, case: str) -> Mapping[str, Any] | None:
    """How one case was treated in the receipt's figure; None when it does not touch it."""
    rows = edition.rows(_CASE_SQL, {**found.parameters, "case": case})
    return rows[0] if rows else None


def render(edition: Edition, found: Receipt, period: Period) -> RenderableType:
    """The receipt as text and tables."""
    parts: list[RenderableType] = [_head(edition, found, period), Text(), _counts(edition, found)]
    for treatment in LISTED:
        cases = [case for case in found.cases if case["treatment"] == treatment]
        if cases:
            parts += [Text(), _case_list(edition, found, treatment, cases)]
    return Group(*parts)


def _measure_id(text: str) -> str:
    """`5b` and `05B` are `05b`."""
    return text.strip().lower().zfill(2 if text.strip().isdigit() else 3)


def _head(edition: Edition, found: Receipt, period: Period) -> RenderableType:
    figure = found.figure
    verdict = edition.label("verdict", figure.verdict)
    basis = edition.label("basis", figure.basis)
    scope = edition.label("scope", figure.scope)
    as_of, published_at = edition.stamp()
    return Group(
        Text(f"{figure.measure_id} {figure.measure_name_vi} · {figure.measure_name_en}", "bold"),
        Text(found.clause),
        Text(f"Kỳ · period: {period.label_vi} ({period.code}), {_window(figure)}"),
        Text(f"Phạm vi · scope: {scope.vi} · {scope.en}"),
        Text(f"Cách tính · basis: {basis.vi} · {basis.en}"),
        *([Text(f"Đơn vị · unit: {figure.unit_name}")] if figure.unit_name else []),
        Text(
            f"{figure.counts} = {figure.shown_rate} (chỉ tiêu · target {figure.shown_target}): "
            f"{verdict.vi} · {verdict.en}",
            "bold",
        ),
        *(Text(f"  {note}") for note in notes(figure)),
        Text(
            f"Tính đến · as of {format_day(as_of)}; "
            f"công bố · published {published_at:%d/%m/%Y %H:%M:%S}"
        ),
    )


def _window(figure: Figure) -> str:
    return (
        f"{format_day(figure.period_start)} – {format_day(figure.period_end)}, "
        f"đánh giá tại · evaluated on {format_day(figure.evaluated_on)}"
    )


def _counts(edition: Edition, found: Receipt) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Số vụ việc · cases", justify="right")
    table.add_column("Xử lý · treatment")
    table.add_column("Lý do · reason")
    for row in found.counts:
        words = edition.label("treatment", row["treatment"])
        reason = edition.label("reason", row["reason"])
        table.add_row(
            str(row["cases"]),
            f"{words.vi} · {words.en}",
            reason.vi if reason.vi == reason.en else f"{reason.vi} · {reason.en}",
        )
    return table


def _case_list(
    edition: Edition, found: Receipt, treatment: str, cases: Sequence[Mapping[str, Any]]
) -> RenderableType:
    words = edition.label("treatment", treatment)
    total = sum(row["cases"] for row in found.counts if row["treatment"] == treatment)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Vụ việc · case", "Đơn vị · unit", "Tiếp nhận", "Hạn", "Xong", "Lý do"):
        table.add_column(heading, overflow="fold")
    for case in cases:
        table.add_row(
            case["case_id"],
            case["unit_id"] or NOTHING,
            *(format_day(case[name]) for name in ("received_on", "due_on", "completed_on")),
            edition.label("reason", case["reason"]).vi,
        )
    parts: list[RenderableType] = [Text(f"{words.vi} · {words.en}: {total}", "bold"), table]
    if total > len(cases):
        parts.append(
            Text(f"… và {total - len(cases)} nữa · {total - len(cases)} more: marts.measure_cases")
        )
    return Group(*parts)
