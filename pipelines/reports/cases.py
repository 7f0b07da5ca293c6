"""Where the cases of every measure come from: dataset, table of versions, and how rows belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


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


_DOSSIERS = CaseTable("dossiers", "fct_dossier_versions")
_DIRECTIVES = CaseTable("directives", "fct_directive_versions")
_BEFORE_THE_UNIT = "left(case_id, len(case_id) - len(unit_id) - 1)"

CASE_TABLES: Mapping[str, CaseTable] = MappingProxyType(
    {
        "01": CaseTable("qms_milestones", "fct_qms_milestone_versions"),
        "02": CaseTable("programme_tasks", "fct_programme_task_versions"),
        "03a": _DIRECTIVES,
        "03b": _DIRECTIVES,
        "04a": _DIRECTIVES,
        "04b": _DIRECTIVES,
        "05a": _DOSSIERS,
        "05b": _DOSSIERS,
        # A document is one case, with a row for each unit that handles it.
        "06": CaseTable("documents", "fct_document_versions", _BEFORE_THE_UNIT),
        "07a": _DOSSIERS,
        "07b": _DOSSIERS,
        "08": CaseTable("regulations", "fct_regulation_versions"),
        # A unit is one case, with a row for each obligation.
        "09": CaseTable("unit_reports", "fct_unit_report_versions", "unit_id"),
        "10": CaseTable("initiatives", "fct_initiative_versions"),
    }
)
"""By measure."""
