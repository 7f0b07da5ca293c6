"""A log of a real shape comes in by a site contract and a manifest, without a line of code."""

from __future__ import annotations

import pytest

from tests.support.event_log import CASES, MOMENT, ONLINE, case_id, events, local

ON_TIME = {"log_by_date": "on_time_by_date", "log_by_clock": "on_time_by_clock"}
OVERDUE = {"log_by_date": "overdue_by_date", "log_by_clock": "overdue_by_clock"}


def cases_with(source: str, trait: str) -> set[str]:
    return {case_id(source, place) for place, case in enumerate(CASES) if getattr(case, trait)}


def test_the_two_ways_to_compare_differ_on_these_cases():
    assert cases_with("x", "on_time_by_date") > cases_with("x", "on_time_by_clock")
    assert cases_with("x", "overdue_by_date") < cases_with("x", "overdue_by_clock")


@pytest.mark.parametrize("source", ON_TIME)
def test_a_case_is_one_dossier_however_many_events_it_has(office, first_night, source):
    [(read, accepted, rejected, repeated)] = office.query(
        """
        select rows_read, rows_accepted, rows_rejected, rows_duplicate
        from marts.extract_log where source = ?
        """,
        source,
        edition=first_night.kept,
    )
    assert (read, accepted, rejected) == (sum(map(events, range(len(CASES)))), len(CASES), 0)
    assert repeated == read - accepted
    [(dossiers, online)] = office.query(
        """
        select count(*), count(*) filter (where channel = 'online')
        from marts.fct_dossiers where source = ?
        """,
        source,
        edition=first_night.kept,
    )
    assert dossiers == len(CASES)
    assert online == sum(case.channel in ONLINE for case in CASES)


@pytest.mark.parametrize("source", ON_TIME)
def test_instants_are_the_wall_clock_of_the_contracts_zone(office, first_night, source):
    found = office.query(
        """
        select case_id, received_at, due_at, completed_at, status
        from marts.fct_dossiers where source = ? order by all
        """,
        source,
        edition=first_night.kept,
    )
    assert found == sorted(
        (
            case_id(source, place),
            local(case.start),
            local(case.deadline),
            local(case.end) if case.finished else None,
            "result_ready" if case.finished else "processing",
        )
        for place, case in enumerate(CASES)
    )


@pytest.mark.parametrize("source", ON_TIME)
def test_finished_in_time(office, first_night, source):
    rows = office.query(
        """
        select case_id, treatment
        from marts.measure_cases
        semi join (from marts.fct_dossiers where source = ?) using (case_id)
        where measure_id = '05b' and scope = 'province' and basis = 'closed'
            and period_grain = 'year' and is_counted
        """,
        source,
        edition=first_night.kept,
    )
    assert sorted(case for case, _ in rows) == sorted(cases_with(source, "finished"))
    in_time = {case for case, treatment in rows if treatment == "met"}
    assert in_time == cases_with(source, ON_TIME[source])


@pytest.mark.parametrize("source", ON_TIME)
def test_open_and_overdue_at_the_end_of_a_month(office, first_night, source):
    rows = office.query(
        """
        select case_id
        from marts.measure_cases
        semi join (from marts.fct_dossiers where source = ?) using (case_id)
        where measure_id = '05b' and scope = 'province' and basis = 'decided'
            and period_grain = 'month' and period_start = date_trunc('month', ?::date)
            and treatment = 'failed' and completed_on is null
        """,
        source,
        MOMENT,
        edition=first_night.kept,
    )
    assert {case for (case,) in rows} == cases_with(source, OVERDUE[source])
