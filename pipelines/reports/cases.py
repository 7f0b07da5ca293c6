"""Where the cases of every measure come from: dataset, table of versions, and how rows belong.

And how to ask for those of figures: `marts.measure_cases` works out every case when it is asked, so
whoever needs the cases of several figures asks for all of them at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipelines.reports.edition import Edition
from pipelines.reports.figures import Figure


@dataclass(frozen=True)
class CaseTable:
    """The rows behind a measure's cases.

    Attributes:
        dataset: Canonical dataset of the rows.
        versions: The mart that holds every version of them.
        case_of_row: SQL for the measure's case that a row of `dataset` belongs to, from its
            `case_id` and `unit_id`.
    """

    dataset: str
    versions: str
    case_of_row: str = "case_id"


CASE_TABLES: Mapping[str, CaseTable] = MappingProxyType(
    {
        table.dataset: table
        for table in (
            CaseTable("qms_milestones", "fct_qms_milestone_versions"),
            CaseTable("programme_tasks", "fct_programme_task_versions"),
            CaseTable("directives", "fct_directive_versions"),
            CaseTable("dossiers", "fct_dossier_versions"),
            # A document is one case, with a row for each unit that handles it.
            CaseTable(
                "documents",
                "fct_document_versions",
                "left(case_id, len(case_id) - len(unit_id) - 1)",
            ),
            CaseTable("regulations", "fct_regulation_versions"),
            # A unit is one case, with a row for each obligation.
            CaseTable("unit_reports", "fct_unit_report_versions", "unit_id"),
            CaseTable("initiatives", "fct_initiative_versions"),
        )
    }
)
"""By dataset."""


def case_table(edition: Edition, figure: Figure) -> CaseTable:
    """Where the cases of a figure come from, as the seed of its target says."""
    [target] = edition.rows(
        """
        select dataset from seeds.targets
        where decision_id = $decision and measure_id = $measure
        """,
        {"decision": figure.decision_id, "measure": figure.measure_id},
    )
    return CASE_TABLES[target["dataset"]]


def cases_of(figures: Sequence[Figure]) -> tuple[str, Mapping[str, object]]:
    """The condition on `marts.measure_cases` that picks the cases of figures of all units.

    Each figure is spelled out: measures, scopes and bases that nobody names are not worked out.

    Returns:
        The condition, and the values that it asks for.
    """
    names = ("measure_id", "scope", "basis", "period_grain", "period_start")
    conditions = ["false"]
    values: dict[str, object] = {}
    for number, figure in enumerate(figures):
        conditions.append("(" + " and ".join(f"{it} = ${it}_{number}" for it in names) + ")")
        values |= {f"{name}_{number}": getattr(figure, name) for name in names}
    return " or ".join(conditions), values
