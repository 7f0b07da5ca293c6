"""The casebook: every case of this folder told in extracts, in three shared warehouses.

A test module tells its cases in `tell(book)` and asks for figures in its tests. Each case has a
unit of its own, named like it, so that hundreds share one build: its figure is that unit's. What
needs an as-of date or control totals of its own is told to another edition.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse.publish import publish
from tests.cases.pipeline import Pipeline, Row

MARCH_END, APRIL_START, APRIL_END = date(2022, 3, 31), date(2022, 4, 1), date(2022, 4, 30)


def moment(text: str) -> str:
    """`03-08` is 8 March 2022; a longer text is a date or moment as it stands."""
    return f"2022-{text}" if re.fullmatch(r"\d\d-\d\d", text) else text


class Book:
    """Extracts in the making: rows by source and extract date."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.extracts: dict[tuple[str, date], list[Row]] = defaultdict(list)
        self.units: dict[str, Row] = {"VP": {"unit_id": "VP", "unit_name": "VP", "is_office": True}}

    def add(self, source: str, rows: Iterable[Row], on: str = "03-31") -> None:
        """Put rows into an extract of a source."""
        self.extracts[source, date.fromisoformat(moment(on))].extend(rows)

    def unit(self, unit_id: str, **columns: Any) -> None:
        """Name a unit; one that no case names needs no columns."""
        self.units.setdefault(unit_id, {"unit_id": unit_id, "unit_name": unit_id, **columns})

    def dossiers(
        self, unit_id: str, /, *lines: str, on: str = "03-31", first: int = 1, **columns: Any
    ) -> None:
        """Dossiers of a case, a line each: `received due completed status`, with - for nothing.

        Those completed are delivered and the others in process, unless a line says otherwise. They
        are numbered by their lines, from `first`; `columns` are those that all share.
        """
        self.unit(unit_id)
        for number, line in enumerate(lines, start=first):
            received, due, completed, *status = line.split()
            given = {"received_at": received, "due_at": due, "completed_at": completed}
            row = {name: moment(day) for name, day in given.items() if day != "-"}
            ended = "delivered" if "completed_at" in row else "processing"
            row |= {
                "dossier_id": f"{unit_id}-{number}",
                "unit_id": unit_id,
                "authority": "ppc",
                "status": status[0] if status else ended,
            }
            more = {name: _moment(name, value) for name, value in columns.items()}
            self.add("dossiers", [row | more], on)

    def directives(self, unit_id: str, /, *lines: str, on: str = "03-31", **columns: Any) -> None:
        """Directives to a unit of the Office, a line each, as of dossiers."""
        self.unit(unit_id, parent_unit_id="VP")
        for number, line in enumerate(lines, start=1):
            assigned, due, completed, *status = line.split()
            given = {"assigned_at": assigned, "due_at": due, "completed_at": completed}
            row = {name: moment(day) for name, day in given.items() if day != "-"}
            ended = "completed" if "completed_at" in row else "in_progress"
            row |= {
                "directive_id": f"{unit_id}-{number}",
                "unit_id": unit_id,
                "issuer": "ppc",
                "status": status[0] if status else ended,
            }
            more = {name: _moment(name, value) for name, value in columns.items()}
            self.add("directives", [row | more], on)

    def documents(
        self, unit_id: str, /, *lines: str, on: str = "03-31", first: int = 1, **columns: Any
    ) -> None:
        """Incoming documents with a unit in the lead, a line each, as of dossiers."""
        self.unit(unit_id)
        for number, line in enumerate(lines, start=first):
            arrived, due, completed, *status = line.split()
            given = {"arrived_at": arrived, "due_at": due, "completed_at": completed}
            row = {name: moment(day) for name, day in given.items() if day != "-"}
            ended = "completed" if "completed_at" in row else "processing"
            row |= {
                "register_year": 2022,
                "register_book": unit_id,
                "arrival_no": str(number),
                "office_id": "VP",
                "unit_id": unit_id,
                "role": "lead",
                "status": status[0] if status else ended,
            }
            self.add("documents", [row | columns], on)

    def deliver_to(self, pipeline: Pipeline, until: date = date.max) -> None:
        """Lay the extracts up to a date into the landing folders."""
        self.add("units", [], "2018-01-01")
        self.extracts["units", date(2018, 1, 1)] = list(self.units.values())
        for (source, day), rows in self.extracts.items():
            if day <= until:
                pipeline.deliver(source, day, rows)


def _moment(name: str, value: Any) -> Any:
    return moment(value) if name.endswith(("_at", "_on")) and isinstance(value, str) else value


class Edition:
    """Questions to a built warehouse."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Ask this pipeline's working database."""
        self.ask, self.rows = pipeline.ask, pipeline.rows

    def figure(
        self,
        unit_id: str | None,
        measure: str,
        basis: str = "decided",
        grain: str = "month",
        start: str = "03-01",
        scope: str = "qms",
    ) -> Row:
        """One figure of a unit, or the total's without one."""
        table = "scorecard" if unit_id is None else "scorecard_by_unit"
        condition = "true" if unit_id is None else "unit_id = $unit"
        values = {"measure": measure, "basis": basis, "grain": grain, "scope": scope}
        values |= {"start": moment(start)} | ({"unit": unit_id} if unit_id else {})
        query = f"""
            select * from marts.{table}
            where measure_id = $measure and basis = $basis and scope = $scope
                and period_grain = $grain and period_start = $start::date and {condition}
        """
        (row,) = self.rows(query, values)
        return row

    def share(self, unit_id: str | None, measure: str, basis: str = "decided", **more: str) -> str:
        """Numerator and denominator of a figure, and in brackets how many miss a date."""
        row = self.figure(unit_id, measure, basis, **more)
        missing = row["missing_deadline_count"] + row["missing_completion_count"]
        return f"{row['numerator']}/{row['denominator']}" + (f" ({missing})" if missing else "")

    def treatment(
        self,
        case_id: str,
        measure: str = "05b",
        basis: str = "decided",
        grain: str = "month",
        start: str = "03-01",
        scope: str = "qms",
    ) -> str | None:
        """How a case is treated in a period; null where it does not touch it."""
        query = """
            select treatment from marts.measure_cases
            where case_id = ? and measure_id = ? and basis = ? and period_grain = ?
                and period_start = ?::date and scope = ?
        """
        found = self.ask(query, [case_id, measure, basis, grain, moment(start), scope])
        return found[0][0] if found else None

    def issues(self, case_id: str) -> set[str]:
        """Codes of the issues that a case has."""
        query = "select distinct issue_code from marts.data_quality_issues where case_id = ?"
        return {code for (code,) in self.ask(query, [case_id])}

    def fact(self, table: str, case_id: str) -> Row:
        """The current state of a case."""
        (row,) = self.rows(f"select * from marts.{table} where case_id = ?", [case_id])
        return row


def _told(request: pytest.FixtureRequest, name: str) -> Book:
    """What all collected modules of this folder tell in functions of that name."""
    book = Book()
    here = [item for item in request.session.items if item.path.parent == Path(__file__).parent]
    modules = {id(item.module): item.module for item in here}
    for module in modules.values():
        tell: Callable[[Book], None] | None = getattr(module, name, None)
        if tell is not None:
            tell(book)
    return book


@pytest.fixture(scope="session")
def march(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path
) -> Edition:
    """Most cases: as of 31 March 2022, whatever their extracts."""
    pipeline = Pipeline(tmp_path_factory.mktemp("march") / "data", prepared_dbt)
    _told(request, "tell").deliver_to(pipeline)
    pipeline.night(MARCH_END)
    return Edition(pipeline)


@pytest.fixture(scope="session")
def published_march(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path
) -> Pipeline:
    """What the extracts of March told, published on 1 April, when March was closed."""
    pipeline = Pipeline(tmp_path_factory.mktemp("told_on") / "data", prepared_dbt)
    _told(request, "tell_on").deliver_to(pipeline, until=MARCH_END)
    pipeline.night(APRIL_START)
    _publish(pipeline, APRIL_START)
    return pipeline


@pytest.fixture(scope="session")
def april(published_march: Pipeline, request: pytest.FixtureRequest) -> Edition:
    """The same cases as known and published on 30 April."""
    _told(request, "tell_on").deliver_to(published_march)
    published_march.night(APRIL_END)
    _publish(published_march, APRIL_END)
    return Edition(published_march)


def _publish(pipeline: Pipeline, as_of: date) -> None:
    pipeline.close()
    published_at = datetime(as_of.year, as_of.month, as_of.day, 18, 0, tzinfo=UTC)
    publish(pipeline.settings, published_at=published_at, as_of=as_of, run_id="test", say=print)
