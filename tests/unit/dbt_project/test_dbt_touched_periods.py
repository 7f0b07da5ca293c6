"""A night counts the periods that its news touches, and those that are evaluated at another day.

One office over four years, night by night. After each of them the counts of all periods are those
that the cases give, and it is known which periods were counted for that.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse.connect import open_build
from tests.cases.pipeline import Pipeline
from tests.support.counts import COUNTED, miscounted, touched

DOSSIER = {"unit_id": "A", "authority": "ppc", "status": "processing"}
SETTLED = {
    "dossier_id": "settled",
    "received_at": "2019-03-04",
    "due_at": "2019-03-20",
    "completed_at": "2019-03-11",
    "status": "delivered",
}
MOVED = SETTLED | {
    "dossier_id": "moved",
    "received_at": "2020-05-04",
    "due_at": "2020-05-20",
    "completed_at": "2020-05-11",
}
ELSEWHERE = {"received_at": "2020-08-03", "due_at": "2020-08-20", "completed_at": "2020-08-10"}
STRAGGLER = {"dossier_id": "straggler", "received_at": "2021-11-02", "due_at": "2021-11-20"}
DOCUMENT = {
    "register_year": 2019,
    "register_book": "B",
    "arrival_no": 1,
    "office_id": "VP",
    "unit_id": "A",
    "role": "lead",
    "arrived_at": "2019-09-02",
    "due_at": "2019-09-10",
    "completed_at": "2019-09-12",
    "status": "completed",
}
DIRECTIVE = {
    "directive_id": "N1",
    "unit_id": "A",
    "issuer": "ppc",
    "assigned_at": "2020-10-05",
    "due_at": "2020-10-20",
    "completed_at": "2020-10-12",
    "status": "completed",
}
TASK = {
    "task_id": "T1",
    "programme_year": 2021,
    "unit_id": "A",
    "added_at": "2021-02-01",
    "due_at": "2021-02-20",
    "completed_at": "2021-02-10",
}
OPEN_IN_APRIL = {"2022-04", "2022-Q2", "2022-H1", "2022"}
OF_2019 = "period_start between '2019-01-01' and '2019-06-30'"


class Office:
    """An office over some years, published every night."""

    def __init__(self, folder: Path, prepared_dbt: Path) -> None:
        """Open it in a folder."""
        self.folder = folder
        self.pipeline = Pipeline(folder / "data", prepared_dbt)

    def tell(self, day: str, source: str, *rows: dict[str, Any]) -> None:
        """Deliver an extract."""
        self.pipeline.deliver(source, day, rows)

    def night(self, as_of: str, *, right: str = "true") -> set[str]:
        """Count what is new, hold the counts against the cases, and publish.

        Args:
            as_of: The as-of date.
            right: Which figures are held against them, in SQL.

        Returns:
            The periods that were counted.
        """
        self.pipeline.night(as_of, COUNTED)
        assert miscounted(self.pipeline, right) == []
        counted = touched(self.pipeline)
        self.pipeline.publish()
        return counted

    def falsify(self) -> None:
        """Put counts of 2019 into the table that no case stands behind."""
        self.pipeline.close()
        with open_build(self.pipeline.settings) as con:
            con.execute(
                f"update intermediate.int_measure_counts set met_count = 1000 where {OF_2019}"
            )

    def is_false(self) -> bool:
        """Whether those counts are still there."""
        query = f"""
            select bool_and(met_count = 1000) from intermediate.int_measure_counts where {OF_2019}
        """
        return bool(self.pipeline.ask(query)[0][0])


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, prepared_dbt: Path) -> tuple[Office, set[str]]:
    """All that happened up to March 2022, published on its last day, and the periods counted."""
    office = Office(tmp_path_factory.mktemp("begun"), prepared_dbt)
    cases = [DOSSIER | case for case in (SETTLED, MOVED, STRAGGLER)]
    office.tell("2022-03-31", "dossiers", *cases)
    office.tell("2022-03-31", "documents", DOCUMENT)
    office.tell("2022-03-31", "directives", DIRECTIVE)
    office.tell("2022-03-31", "programme_tasks", TASK)
    counted = office.night("2022-03-31")
    office.pipeline.close()
    return office, counted


@pytest.fixture
def office(begun: tuple[Office, set[str]], tmp_path: Path, prepared_dbt: Path) -> Office:
    """The office from there on."""
    office = Office(tmp_path, prepared_dbt)
    shutil.copytree(begun[0].folder, tmp_path, dirs_exist_ok=True)
    return office


def test_the_first_night_counts_every_period(begun: tuple[Office, set[str]]) -> None:
    _, counted = begun
    assert {"2019", "2019-03", "2019-08", "2020", "2021", "2022", "2022-03"} <= counted
    assert len(counted) == 37 + 13 + 7 + 4


def test_only_touched_and_open_periods_are_counted_again(office: Office) -> None:
    office.falsify()
    new = DOSSIER | {"dossier_id": "new", "received_at": "2022-04-01", "due_at": "2022-04-20"}
    office.tell("2022-04-01", "dossiers", new)
    assert office.night("2022-04-01", right=f"not ({OF_2019})") == OPEN_IN_APRIL
    assert office.is_false()

    # One was open from November on, until tonight. The other one's year ended long ago: it is
    # counted again, and no year after it.
    late = DOSSIER | STRAGGLER | {"completed_at": "2022-04-01", "status": "delivered"}
    corrected = DOSSIER | SETTLED | {"completed_at": "2019-03-25"}
    office.tell("2022-04-02", "dossiers", late, corrected)
    assert office.night("2022-04-02") == OPEN_IN_APRIL | {
        *("2021-11", "2021-12", "2021-Q4", "2021-H2", "2021"),
        *("2022-01", "2022-02", "2022-03", "2022-Q1"),
        *("2019-03", "2019-Q1", "2019-H1", "2019"),
    }
    assert not office.is_false()


def test_every_dataset_tells_what_its_cases_touch_and_what_they_left(office: Office) -> None:
    office.tell("2022-04-01", "dossiers", DOSSIER | MOVED | ELSEWHERE)
    office.tell("2022-04-01", "documents", DOCUMENT | {"storage": "reference"})
    office.tell("2022-04-01", "directives", DIRECTIVE | {"status": "withdrawn"})
    office.tell("2022-04-01", "programme_tasks", TASK | {"due_at": "2021-02-22"})
    assert office.night("2022-04-01") == OPEN_IN_APRIL | {
        *("2020-05", "2020-Q2", "2020-H1", "2020-08", "2020-Q3", "2020-H2", "2020"),
        *("2019-09", "2019-Q3", "2019-H2", "2019"),
        *("2020-10", "2020-Q4"),
        *("2021-02", "2021-Q1", "2021-H1", "2021"),
    }


def test_a_run_that_died_has_its_periods_counted_by_the_next(office: Office) -> None:
    office.tell("2022-04-01", "dossiers", DOSSIER | MOVED | ELSEWHERE)
    # The case is merged, twice even, and nothing was counted after that.
    office.pipeline.night("2022-04-01", ["+int_dossiers__cases"])
    office.tell("2022-04-02", "dossiers", DOSSIER | MOVED | ELSEWHERE | {"unit_id": "B"})
    office.pipeline.night("2022-04-01", ["+int_counted_periods"])
    counted = office.night("2022-04-02") - OPEN_IN_APRIL
    assert counted >= {"2020-05", "2020-Q2", "2020-H1", "2020-08", "2020-Q3", "2020-H2", "2020"}
    assert not counted & {"2019", "2020-04", "2020-09", "2020-Q4", "2021"}


def test_the_clock_has_periods_counted_again_both_ways(office: Office) -> None:
    assert office.night("2022-02-15") == {"2022-02", "2022-Q1", "2022-H1", "2022"}
    gone = "select count(*) from intermediate.int_measure_counts where period_start > '2022-02-15'"
    assert office.pipeline.ask(gone) == [(0,)]
    assert office.night("2022-04-30") == OPEN_IN_APRIL | {"2022-02", "2022-03", "2022-Q1"}


def test_what_is_built_anew_has_every_period_counted(
    office: Office, begun: tuple[Office, set[str]]
) -> None:
    office.tell("2022-03-30", "dossiers", DOSSIER | MOVED | {"unit_id": "B"})
    assert office.night("2022-03-31") == begun[1]
