"""A province of histories that hypothesis drew, delivered as extracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.cases.pipeline import Pipeline
from tests.properties.histories import Directive, Dossier, Task, document_told, gather, one_of, told
from tests.properties.histories_of_registers import (
    INITIATIVE,
    MILESTONE,
    OBLIGED_UNIT,
    OUTSIDE,
    REGULATION,
    restated,
)
from tests.properties.reference import Version

DOSSIERS, DIRECTIVES, DOCUMENTS, TASKS, REGISTERED = 2_000, 400, 400, 300, 100
MILESTONES = 8
TWINS, TWIN_DOSSIERS, TWIN_DIRECTIVES = 20, 10, 6
EXACT = "dossiers_by_the_minute"
"""A second source of dossiers, whose deadlines are compared as wall-clock times."""

DAYS_TO_CORRECTED = one_of(*[None] * 30, 5, 30)
"""Few cases have a reviewed deadline, so many days after they began."""

UNITS = ("u1", "u2", "u3", "u-qms", "vp", "o1", "o2")
OFFICE_UNITS = ("o1", "o2")
QMS_UNIT = "u-qms"
PROCEDURES = [
    ("p1", None, "2022-02-14", "ppc", "level_2"),
    ("p1", "2022-02-15", None, "department", "level_3"),
    ("p2", None, None, "chairman", "level_4"),
    ("p3", None, None, "department", "level_2"),
]
MONTHS_OUTSIDE = ("2021-12", "2022-02", "2022-04", "2022-05")
BEGUN = datetime(2022, 3, 1, 8)
IN_TIME = {"due_at": datetime(2022, 3, 10, 8), "completed_at": datetime(2022, 3, 9, 8)}
GOOD_DOSSIER = Version(
    date(2022, 3, 10),
    IN_TIME
    | {
        "authority": "ppc",
        "channel": "online",
        "service_level": "level_4",
        "received_at": BEGUN,
        "status": "delivered",
    },
)
GOOD_DIRECTIVE = Version(
    date(2022, 3, 10), IN_TIME | {"issuer": "ppc", "assigned_at": BEGUN, "status": "completed"}
)

Histories = Sequence[Sequence[Version]]


@dataclass(frozen=True)
class Told:
    """What the extracts of a source say of one key.

    Attributes:
        source: The source.
        key: Its key columns.
        versions: Its versions, oldest first.
        corrected: A reviewed deadline that overrides them all.
    """

    source: str
    key: Mapping[str, Any]
    versions: Sequence[Version]
    corrected: datetime | None = None

    @property
    def case_id(self) -> str:
        """The parts of the key."""
        return "|".join(str(part) for part in self.key.values())


class Province:
    """The histories drawn from one seed."""

    def __init__(self, seed: int) -> None:
        """Draw them."""
        self.dossiers = [*_dossiers(seed)]
        self.directives = [*_directives(seed)]
        self.add_twins(seed)
        self.tasks = [
            Told("programme_tasks", {"task_id": f"CT{number}"}, versions)
            for number, versions in enumerate(gather(told(Task), TASKS, seed))
        ]
        self.documents = [*_documents(seed)]
        self.regulations = _rows("regulations", REGULATION, REGISTERED, seed)
        self.initiatives = _rows("initiatives", INITIATIVE, REGISTERED, seed)
        self.milestones = _rows("qms_milestones", MILESTONE, MILESTONES, seed)
        self.outside = [*_outside(seed)]
        self.obliged = {
            f"r{number}": drawn
            for number, drawn in enumerate(gather(OBLIGED_UNIT, REGISTERED, seed))
        }
        self.reports = [*_reports(self.obliged)]

    def add_twins(self, seed: int) -> None:
        """Pairs of units with the same cases, of which one has a case more, ended in time."""
        cases = st.tuples(
            st.lists(told(Dossier), min_size=TWIN_DOSSIERS, max_size=TWIN_DOSSIERS),
            st.lists(told(Directive), min_size=TWIN_DIRECTIVES, max_size=TWIN_DIRECTIVES),
        )
        self.twins = [f"{twin}-{pair}" for pair in range(TWINS) for twin in ("poor", "rich")]
        for pair, (dossiers, directives) in enumerate(gather(cases, TWINS, seed)):
            self.add_unit(f"poor-{pair}", dossiers, directives)
            self.add_unit(
                f"rich-{pair}", [*dossiers, [GOOD_DOSSIER]], [*directives, [GOOD_DIRECTIVE]]
            )

    def add_unit(self, unit: str, dossiers: Histories, directives: Histories) -> None:
        """A unit with cases of its own."""
        for number, versions in enumerate(dossiers):
            moved = _moved(versions, unit)
            self.dossiers.append(Told("dossiers", {"dossier_id": f"{unit}-{number}"}, moved))
        for number, versions in enumerate(directives):
            self.directives.append(_directive(f"NV-{unit}-{number}", unit, versions))

    def told(self) -> list[Told]:
        """Every case, and every row of the registers."""
        return [
            *self.dossiers,
            *self.directives,
            *self.tasks,
            *self.documents,
            *self.regulations,
            *self.initiatives,
            *self.milestones,
            *self.outside,
            *self.reports,
        ]

    def extracts(self) -> dict[tuple[str, date], list[dict[str, Any]]]:
        """The rows of every extract by source and date."""
        found: dict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)
        for case in self.told():
            for version in case.versions:
                found[case.source, version.extracted_on].append({**case.key, **version.row})
        found["units", date(2022, 1, 1)] = self.units()
        columns = ("procedure_id", "valid_from", "valid_to", "authority", "service_level")
        found["procedures", date(2022, 1, 1)] = [
            dict(zip(columns, row, strict=True)) | {"procedure_name": row[0]} for row in PROCEDURES
        ]
        found["deadline_corrections", date(2022, 3, 31)] = [
            {
                "dataset": "dossiers" if case.source == EXACT else case.source,
                "case_id": case.case_id,
                "due_at": case.corrected,
            }
            for case in self.told()
            if case.corrected
        ]
        return found

    def units(self) -> list[dict[str, Any]]:
        """The units, with where they stand."""
        places = dict.fromkeys(UNITS, "elsewhere")
        places |= dict.fromkeys([*OFFICE_UNITS, *self.twins], "under the Office")
        places |= {"vp": "of the Office"} | {
            unit: place for unit, (place, _) in self.obliged.items()
        }
        return [
            {
                "unit_id": unit,
                "unit_name": f"Unit {unit}",
                "is_office": place == "of the Office",
                "in_qms_scope": unit == QMS_UNIT,
                "parent_unit_id": "vp" if place == "under the Office" else None,
            }
            for unit, place in places.items()
        ]

    def write_contract(self, pipeline: Pipeline) -> None:
        """Write the contract of the source that counts by the minute."""
        columns = {**self.dossiers[0].key, **self.dossiers[0].versions[0].row}
        pipeline.contract(EXACT, "dossiers", columns, "precision: timestamp", "mode: changes")


def _dossiers(seed: int) -> Iterable[Told]:
    drawn = gather(st.tuples(told(Dossier), DAYS_TO_CORRECTED), DOSSIERS, seed)
    for number, (versions, days) in enumerate(drawn):
        source = "dossiers" if number % 3 else EXACT
        corrected = _after(versions[-1]["received_at"], days)
        yield Told(source, {"dossier_id": f"HS{number}"}, versions, corrected)


def _directives(seed: int) -> Iterable[Told]:
    drawn = gather(st.tuples(told(Directive), DAYS_TO_CORRECTED), DIRECTIVES, seed)
    for number, (versions, days) in enumerate(drawn):
        corrected = _after(versions[-1]["assigned_at"], days)
        yield _directive(f"NV{number}", versions[-1]["unit_id"], versions, corrected)


def _directive(
    name: str, unit: str, versions: Sequence[Version], corrected: datetime | None = None
) -> Told:
    key = {"directive_id": name, "unit_id": unit}
    return Told("directives", key, _moved(versions, unit), corrected)


def _moved(versions: Sequence[Version], unit: str) -> list[Version]:
    """The same versions of another unit's case."""
    return [Version(v.extracted_on, {**v.row, "unit_id": unit}) for v in versions]


def _after(moment: datetime | None, days: int | None) -> datetime | None:
    """A reviewed deadline."""
    if moment is None or days is None:
        return None
    return datetime.combine(moment.date() + timedelta(days=days), time(8, 3))


def _documents(seed: int) -> Iterable[Told]:
    for number, (book, flows) in enumerate(gather(document_told(), DOCUMENTS, seed)):
        for unit, versions in flows.items():
            key = {
                "register_year": 2022,
                "register_book": book,
                "arrival_no": number,
                "office_id": "vp",
                "unit_id": unit,
            }
            yield Told("documents", key, versions)


def _rows(source: str, row: st.SearchStrategy[Any], count: int, seed: int) -> list[Told]:
    columns = {
        "regulations": "regulation_id",
        "initiatives": "initiative_id",
        "qms_milestones": "milestone_id",
    }
    return [
        Told(source, {columns[source]: f"{source[:3].upper()}{number}"}, versions)
        for number, versions in enumerate(gather(restated(row), count, seed))
    ]


def _outside(seed: int) -> Iterable[Told]:
    places = [(unit, month) for unit in ("u1", QMS_UNIT) for month in MONTHS_OUTSIDE]
    drawn = gather(restated(OUTSIDE), len(places), seed)
    # The unit in the scope reports no month but the last two, so that evidence is lacking before.
    for (unit, month), versions in zip(places, drawn, strict=True):
        if unit != QMS_UNIT or month in MONTHS_OUTSIDE[2:]:
            yield Told("dossiers_outside_system", {"unit_id": unit, "month": month}, versions)


def _reports(obliged: Mapping[str, tuple[str, list[list[Version]]]]) -> Iterable[Told]:
    for unit, (_, obligations) in obliged.items():
        for number, versions in enumerate(obligations):
            key = {"unit_id": unit, "product": "Báo cáo", "period": str(number)}
            yield Told("unit_reports", key, versions)
