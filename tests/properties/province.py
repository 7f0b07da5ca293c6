"""A province of random histories, delivered as extracts, and what its warehouse should hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.cases.pipeline import Pipeline
from tests.properties.histories import Directive, DocumentFlow, Dossier, draw_history
from tests.properties.reference import (
    ON_TIME_BASES,
    Case,
    Clock,
    Treatments,
    Version,
    collect,
    dossier_case,
    on_time_treatment,
    periods,
)
from tests.properties.reference_registers import (
    ONLINE_LEVELS,
    directive_case,
    document_case,
    finished_treatment,
    is_conforming,
    received_treatment,
)

DOSSIERS, REGISTERED = 1_500, 500
TWIN_UNITS, TWIN_CASES = 20, 12
EXACT = "dossiers_by_the_minute"
"""A second source of dossiers, whose deadlines are compared as wall-clock times."""

UNITS = [
    {
        "unit_id": unit,
        "unit_name": f"Unit {unit}",
        "is_office": unit == "vp",
        "in_qms_scope": unit == "u-qms",
        "parent_unit_id": "vp" if unit.startswith("o") else None,
    }
    for unit in ("u1", "u2", "u3", "u-qms", "vp", "o1", "o2")
]
PROCEDURES = [
    ("p1", None, "2022-02-14", "ppc", "level_2"),
    ("p1", "2022-02-15", None, "department", "level_3"),
    ("p2", None, None, "chairman", "level_4"),
    ("p3", None, None, "department", "level_2"),
]
SEVEN_B = ("finished", "received", "online_capable", "any_channel")


class Province:
    """The histories drawn from one seed."""

    def __init__(self, seed: int) -> None:
        """Draw them."""
        random = Random(seed)
        self.dossiers = {
            f"HS{number:05d}": ("dossiers" if number % 3 else EXACT, draw_history(random, Dossier))
            for number in range(DOSSIERS)
        }
        self.add_twins(random)
        self.directives = {
            f"NV{number:04d}": draw_history(random, Directive) for number in range(REGISTERED)
        }
        self.documents = {
            (2022, random.choice("AB"), str(number), "vp"): draw_flows(random)
            for number in range(REGISTERED)
        }
        self.corrections = dict(self.draw_corrections(random))

    def add_twins(self, random: Random) -> None:
        """Pairs of units with the same cases, of which one has another case more, ended in time."""
        for unit in range(TWIN_UNITS):
            for number in range(TWIN_CASES):
                versions = draw_history(random, Dossier)
                for twin in ("poor", "rich"):
                    self.dossiers[f"{twin}-{unit}-{number}"] = (
                        "dossiers",
                        [moved(version, f"{twin}-{unit}") for version in versions],
                    )
            good = {
                "unit_id": f"rich-{unit}",
                "authority": "ppc",
                "received_at": datetime(2022, 3, 1, 8),
                "due_at": datetime(2022, 3, 10, 8),
                "completed_at": datetime(2022, 3, 9, 8),
                "status": "delivered",
            }
            self.dossiers[f"rich-{unit}-good"] = (
                "dossiers",
                [Version(date(2022, 3, 10), good)],
            )

    def draw_corrections(self, random: Random) -> Iterable[tuple[tuple[str, str], datetime]]:
        """Reviewed deadlines of a few cases."""
        begun = {
            ("dossiers", case): versions[-1]["received_at"]
            for case, (_, versions) in self.dossiers.items()
            if not case.startswith(("poor", "rich"))
        } | {
            ("directives", f"{case}|{versions[-1]['unit_id']}"): versions[-1]["assigned_at"]
            for case, versions in self.directives.items()
        }
        for key, moment in begun.items():
            if moment is not None and random.random() < 0.03:
                day = moment.date() + timedelta(days=random.randint(1, 50))
                yield key, datetime.combine(day, time(8, 3))

    # --- as extracts -----------------------------------------------------------------------------

    def extracts(self) -> dict[tuple[str, date], list[dict[str, Any]]]:
        """The rows of every extract by source and date."""
        found: dict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)
        for case, (source, versions) in self.dossiers.items():
            for version in versions:
                found[source, version.extracted_on].append({"dossier_id": case, **version.row})
        for case, versions in self.directives.items():
            for version in versions:
                row = {"directive_id": case, **version.row}
                found["directives", version.extracted_on].append(row)
        names = ("register_year", "register_book", "arrival_no", "office_id", "unit_id")
        for key, flows in self.documents.items():
            for unit, versions in flows.items():
                for version in versions:
                    row = dict(zip(names, (*key, unit), strict=True)) | version.row
                    found["documents", version.extracted_on].append(row)
        found["units", date(2022, 1, 1)] = UNITS
        columns = ("procedure_id", "valid_from", "valid_to", "authority", "service_level")
        found["procedures", date(2022, 1, 1)] = [
            dict(zip(columns, row, strict=True)) | {"procedure_name": row[0]} for row in PROCEDURES
        ]
        found["deadline_corrections", date(2022, 3, 31)] = [
            {"dataset": dataset, "case_id": case, "due_at": due}
            for (dataset, case), due in self.corrections.items()
        ]
        return found

    def write_contract(self, pipeline: Pipeline) -> None:
        """Write the contract of the source that counts by the minute."""
        columns = {"dossier_id": 0} | next(iter(self.dossiers.values()))[1][0].row
        pipeline.contract(EXACT, "dossiers", columns, "precision: timestamp", "mode: changes")

    # --- as the rules see them -------------------------------------------------------------------

    def expected(self, as_of: date) -> tuple[Treatments, dict[str, Case]]:
        """Every treatment of every case, and the cases."""
        treatments: Treatments = {}
        cases: dict[str, Case] = {}
        spans = list(periods(self.first_day(), as_of))

        def take(case: Case, measure: str, scope: str, bases: Iterable[str], judge: Judge) -> None:
            cases[case.case_id] = case
            collect(treatments, (measure, scope), bases, case.case_id, judge, spans, as_of)

        for name, (source, versions) in self.dossiers.items():
            corrected = self.corrections.get(("dossiers", name))
            case = dossier_case(name, versions, Clock(is_exact=source == EXACT), corrected)
            take_dossier(case, take)
        for name, versions in self.directives.items():
            case_id = f"{name}|{versions[-1]['unit_id']}"
            corrected = self.corrections.get(("directives", case_id))
            take_directive(directive_case(case_id, versions, corrected), take)
        for key, flows in self.documents.items():
            case = document_case("|".join(map(str, key)), flows)
            take(case, "06", "qms", ON_TIME_BASES, judge_on_time(case))
        return treatments, cases

    def first_day(self) -> date:
        """The earliest beginning of a case."""
        dossiers = (versions[-1]["received_at"] for _, versions in self.dossiers.values())
        directives = (versions[-1]["assigned_at"] for versions in self.directives.values())
        documents = (
            versions[-1]["arrived_at"]
            for flows in self.documents.values()
            for versions in flows.values()
        )
        return min(moment for moment in (*dossiers, *directives, *documents) if moment).date()


Judge = Callable[[str, date, date], str | None]
Take = Callable[[Case, str, str, Iterable[str], Judge], None]


def draw_flows(random: Random) -> dict[str, list[Version]]:
    """The handling of one document by one to three units, arrived on one day."""
    units = random.sample(("o1", "o2", "u1"), random.choice((1, 1, 1, 2, 2, 3)))
    flows = {unit: draw_history(random, DocumentFlow) for unit in units}
    arrived = min(v["arrived_at"] for versions in flows.values() for v in versions)
    return {
        unit: [Version(v.extracted_on, {**v.row, "arrived_at": arrived}) for v in versions]
        for unit, versions in flows.items()
    }


def moved(version: Version, unit: str) -> Version:
    """The same version of another unit's case."""
    return Version(version.extracted_on, {**version.row, "unit_id": unit})


def judge_on_time(case: Case, *, late_counts: bool = False) -> Judge:
    """How an on-time measure sees a case."""
    return lambda basis, start, until: on_time_treatment(
        case, basis, start, until, late_counts=late_counts
    )


def take_directive(case: Case, take: Take) -> None:
    """The measures that a directive is in."""
    take(case, "03b", "qms", ON_TIME_BASES, judge_on_time(case, late_counts=True))
    if case.unit_id in ("o1", "o2") and case.last["issuer"] in ("ppc", "chairman"):
        take(case, "04b", "qms", ON_TIME_BASES, judge_on_time(case))


def take_dossier(case: Case, take: Take) -> None:
    """The measures that a dossier is in."""
    authority, level = procedure_on_submission(case)
    is_own = (case.last["authority"] or authority) in ("ppc", "chairman")
    is_high = (case.last["service_level"] or level) in ONLINE_LEVELS
    is_online = is_high and case.last["channel"] == "online"
    is_good = case.completed is not None and is_conforming(case)

    def judge_05a(basis: str, start: date, until: date) -> str | None:
        return finished_treatment(case, start, until, is_success=is_good)

    def judge_07b(basis: str, start: date, until: date) -> str | None:
        if basis == "received":
            return received_treatment(case, start, until, is_success=is_online)
        return finished_treatment(
            case,
            start,
            until,
            is_success=is_high if basis == "any_channel" else is_online,
            is_counted=is_high or basis != "online_capable",
        )

    for scope in ("qms", "province"):
        is_wide = scope == "province"
        if is_own or is_wide:
            take(case, "05b", scope, ON_TIME_BASES, judge_on_time(case))
            take(case, "05a", scope, ("default",), judge_05a)
        if is_own or is_wide or case.unit_id == "u-qms":
            take(case, "07b", scope, SEVEN_B, judge_07b)


def procedure_on_submission(case: Case) -> tuple[str | None, str | None]:
    """Authority and level of the dossier's procedure when it was submitted, or received."""
    moment = case.last["submitted_at"] or case.last["received_at"]
    for procedure, valid_from, valid_to, authority, level in PROCEDURES:
        if moment is None or procedure != case.last["procedure_id"]:
            continue
        if (valid_from or "") <= moment.date().isoformat() <= (valid_to or "9999"):
            return authority, level
    return None, None
