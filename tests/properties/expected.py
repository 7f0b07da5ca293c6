"""What the warehouse should hold of a province: the second opinion on all its cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from tests.properties.province import EXACT, OFFICE_UNITS, PROCEDURES, QMS_UNIT, Province, Told
from tests.properties.reference import (
    ON_TIME_BASES,
    Case,
    Clock,
    Treatments,
    dossier_case,
    on_time_treatment,
    periods,
)
from tests.properties.reference_coverage import coverage_treatment, followed, task_case
from tests.properties.reference_lists import (
    has_checklist,
    is_initiative_counted,
    milestone_treatment,
    regulation_treatment,
    unit_treatment,
)
from tests.properties.reference_registers import (
    ONLINE_LEVELS,
    directive_case,
    document_case,
    finished_treatment,
    is_conforming,
    received_treatment,
)

SEVEN_B = ("finished", "received", "online_capable", "any_channel")
DEFAULT = ("default",)

Span = tuple[str, date, date]
Judge = Callable[[str, date, date], str | None]
Figure = tuple[str, str, str, str, date]
"""Measure, scope, basis, grain and first day of the period."""


@dataclass
class Expected:
    """Expectations as of one day.

    Attributes:
        as_of: The day.
        spans: Grain, first and last day of every period.
        treatments: Figure and case -> treatment.
        units: Case -> the unit that answers for it.
        cases: The cases with a history of their own.
        initiatives: Figure -> how many initiatives it counts.
        outside: Figure and unit (null: all) -> dossiers outside the system, where reported.
        evidence: Figure and unit (null: all) with evidence, of measures that need some.
    """

    as_of: date
    spans: list[Span]
    treatments: Treatments = field(default_factory=dict)
    units: dict[str, str | None] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    initiatives: Counter[Figure] = field(default_factory=Counter)
    outside: dict[tuple[Figure, str | None], int] = field(default_factory=dict)
    evidence: set[tuple[Figure, str | None]] = field(default_factory=set)

    def take(
        self, case_id: str, unit: str | None, measure: str, judge: Judge,
        scope: str = "qms", bases: Iterable[str] = DEFAULT,
    ) -> None:  # fmt: skip
        """Judge one case in one measure and scope, in all periods."""
        self.units[case_id] = unit
        for basis in bases:
            for grain, start, end in self.spans:
                treatment = judge(basis, start, min(end, self.as_of))
                if treatment is not None:
                    self.treatments[measure, scope, basis, grain, start, case_id] = treatment

    def take_case(
        self, case: Case, measure: str, judge: Judge,
        scope: str = "qms", bases: Iterable[str] = DEFAULT,
    ) -> None:  # fmt: skip
        """Judge a case that has a history of its own."""
        self.cases[case.case_id] = case
        self.take(case.case_id, case.unit_id, measure, judge, scope, bases)


def expect(province: Province, as_of: date) -> Expected:
    """The second opinion on everything, as of a day."""
    expected = Expected(as_of, list(periods(first_day(province), as_of)))
    for item in province.dossiers:
        clock = Clock(is_exact=item.source == EXACT)
        take_dossier(dossier_case(item.case_id, item.versions, clock, item.corrected), expected)
    for item in province.directives:
        is_office = item.key["unit_id"] in (*OFFICE_UNITS, *province.twins)
        take_directive(item, expected, is_office=is_office)
    for item in province.tasks:
        case = followed(task_case(item.case_id, item.versions), item.versions)
        expected.take_case(
            case.case,
            "02",
            lambda _, start, until, case=case: coverage_treatment(
                case, start, until, needs_deadline=False
            ),
        )
    take_documents(province, expected)
    take_lists(province, expected)
    take_units(province, expected)
    take_outside(province, expected)
    take_conformity(expected)
    return expected


def first_day(province: Province) -> date:
    """The earliest day that the extracts tell of."""
    begun = [
        moment.date()
        for item in province.told()
        for column in ("received_at", "assigned_at", "arrived_at", "added_at")
        if (moment := item.versions[-1][column])
    ]
    due = [item.versions[-1]["due_at"] for item in (*province.milestones, *province.reports)]
    decided = [item.versions[-1]["decided_at"] for item in province.initiatives]
    months = [date.fromisoformat(f"{item.key['month']}-01") for item in province.outside]
    return min(day for day in (*begun, *due, *decided, *months) if day)


# --- dossiers ------------------------------------------------------------------------------------


def judge_on_time(case: Case, *, late_counts: bool = False) -> Judge:
    """How an on-time measure sees a case."""
    return lambda basis, start, until: on_time_treatment(
        case, basis, start, until, late_counts=late_counts
    )


def take_dossier(case: Case, expected: Expected) -> None:
    """The measures that a dossier is in."""
    authority, level = procedure_on_submission(case)
    is_own = (case.last["authority"] or authority) in ("ppc", "chairman")
    is_high = (case.last["service_level"] or level) in ONLINE_LEVELS
    is_online = is_high and case.last["channel"] == "online"
    is_good = case.completed is not None and is_conforming(case)
    is_electronic = case.last["handled_electronically"] is not False

    def judge_05a(basis: str, start: date, until: date) -> str | None:
        return finished_treatment(case, start, until, is_success=is_good)

    def judge_07a(basis: str, start: date, until: date) -> str | None:
        return finished_treatment(case, start, until, is_success=is_electronic)

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
            expected.take_case(case, "05b", judge_on_time(case), scope, ON_TIME_BASES)
            expected.take_case(case, "05a", judge_05a, scope)
        if is_own or is_wide or case.unit_id == QMS_UNIT:
            expected.take_case(case, "07a", judge_07a, scope)
            expected.take_case(case, "07b", judge_07b, scope, SEVEN_B)


def procedure_on_submission(case: Case) -> tuple[str | None, str | None]:
    """Authority and level of the dossier's procedure when it was submitted, or received."""
    moment = case.last["submitted_at"] or case.last["received_at"]
    for procedure, valid_from, valid_to, authority, level in PROCEDURES:
        if moment is None or procedure != case.last["procedure_id"]:
            continue
        if (valid_from or "") <= moment.date().isoformat() <= (valid_to or "9999"):
            return authority, level
    return None, None


def take_conformity(expected: Expected) -> None:
    """Which figures of 05a have a dossier that shows how it was handled."""
    columns = ("process_conforming", "supplement_count", "apology_sent_at")
    for (*figure, case_id), treatment in expected.treatments.items():
        if figure[0] != "05a" or treatment not in ("met", "failed"):
            continue
        case = expected.cases[case_id]
        if any(case.last[column] is not None for column in columns):
            expected.evidence |= {(tuple(figure), None), (tuple(figure), case.unit_id)}


def take_outside(province: Province, expected: Expected) -> None:
    """The dossiers outside the system, for every figure of 07a that somebody reported some for."""
    added: dict[tuple[Figure, str | None], int] = defaultdict(int)
    for item in province.outside:
        month, unit = date.fromisoformat(f"{item.key['month']}-01"), item.key["unit_id"]
        for grain, start, end in expected.spans:
            if not start <= month <= min(end, expected.as_of):
                continue
            for scope in ("qms", "province") if unit == QMS_UNIT else ("province",):
                figure = ("07a", scope, "default", grain, start)
                for whose in (None, unit):
                    added[figure, whose] += item.versions[-1]["dossiers_outside"]
    expected.outside = dict(added)
    expected.evidence |= added.keys()


# --- directives, documents -----------------------------------------------------------------------


def take_directive(item: Told, expected: Expected, *, is_office: bool) -> None:
    """The measures that a directive is in."""
    case = directive_case(item.case_id, item.versions, item.corrected)
    entries = followed(case, item.versions)

    def judge_coverage(basis: str, start: date, until: date) -> str | None:
        return coverage_treatment(entries, start, until, needs_deadline=True)

    expected.take_case(case, "03a", judge_coverage)
    expected.take_case(case, "03b", judge_on_time(case, late_counts=True), bases=ON_TIME_BASES)
    if is_office and case.last["issuer"] in ("ppc", "chairman"):
        expected.take_case(case, "04a", judge_coverage)
        expected.take_case(case, "04b", judge_on_time(case), bases=ON_TIME_BASES)


def take_documents(province: Province, expected: Expected) -> None:
    """Documents, each with all the units that handle it."""
    flows: dict[str, dict[str, list]] = defaultdict(dict)
    for item in province.documents:
        flows[item.case_id.rpartition("|")[0]][item.key["unit_id"]] = item.versions
    for case_id, versions in flows.items():
        case = document_case(case_id, versions)
        expected.take_case(case, "06", judge_on_time(case), bases=ON_TIME_BASES)


# --- registers -----------------------------------------------------------------------------------


def take_lists(province: Province, expected: Expected) -> None:
    """Milestones, regulations and initiatives."""
    for item in province.regulations:
        row = item.versions[-1].row
        expected.take(
            item.case_id,
            None,
            "08",
            lambda _, start, until, row=row: regulation_treatment(row, start, until),
        )
    milestones = [(item.case_id, item.versions[-1].row) for item in province.milestones]
    for grain, start, end in expected.spans:
        until = min(end, expected.as_of)
        for case_id, row in milestones:
            treatment = milestone_treatment(row, start, end, until)
            if treatment is not None:
                expected.treatments["01", "qms", "default", grain, start, case_id] = treatment
        if has_checklist((row for _, row in milestones), grain, start):
            expected.evidence.add((("01", "qms", "default", grain, start), None))
        expected.initiatives["10", "qms", "default", grain, start] = sum(
            is_initiative_counted(item.versions[-1].row, start, until)
            for item in province.initiatives
        )


def take_units(province: Province, expected: Expected) -> None:
    """Units of the Office, each by all that it had to hand in."""
    for unit, (place, obligations) in province.obliged.items():
        rows = [versions[-1].row for versions in obligations]
        if place != "elsewhere":
            expected.take(
                unit,
                unit,
                "09",
                lambda _, start, until, rows=rows: unit_treatment(rows, start, until),
            )
