"""What must hold of any extracts, whatever they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

COUNTS = """
    numerator, denominator, missing_deadline_count, missing_completion_count, exempt_count,
    suspended_count, undecided_count, excluded_count
"""
FIGURE = "measure_id, scope, basis, period_grain, period_start"
IS_CLOSED = """
    period_start + to_months(
        case period_grain
            when 'month' then 1 when 'quarter' then 3 when 'half_year' then 6 else 12
        end
    ) <= date '{day}'
"""
OF_RUNS = {"loaded_at", "published_at"}
"""Columns that tell of the runs, not of the extracts."""

MEMORY = {"published_figures", "restatements", "restatement_cases"}
"""What publications leave; none was made here."""


@contextmanager
def side_by_side(one, other) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two editions in one connection."""
    with duckdb.connect() as con:
        con.execute(f"attach '{one.path}' as one (read_only)")
        con.execute(f"attach '{other.path}' as other (read_only)")
        yield con


def differences(con, relation, columns, condition="true"):
    """A few rows that only one of the editions has."""
    one, other = (
        f"select {columns} from {edition}.{relation} where {condition}"
        for edition in ("one", "other")
    )
    checksum = "select count(*), sum(hash(rows)::hugeint) from ({}) as rows"
    if (
        con.execute(checksum.format(one)).fetchone()
        == con.execute(checksum.format(other)).fetchone()
    ):
        return []
    return con.execute(
        f"({one} except all {other}) union all ({other} except all {one}) limit 5"
    ).fetchall()


def relations(con):
    found = con.execute(
        """
        select table_name, list(column_name order by column_index)
        from duckdb_columns() where database_name = 'one' and schema_name = 'marts'
        group by table_name
        """
    ).fetchall()
    for name, columns in sorted(found):
        if name in MEMORY:
            continue
        yield f"marts.{name}", ", ".join(c for c in columns if c not in OF_RUNS)


def assert_same_marts(one, other):
    with side_by_side(one, other) as con:
        names = list(relations(con))
        assert len(names) > 25
        for relation, columns in names:
            assert not differences(con, relation, columns), relation


def test_nights_merge_to_what_a_build_anew_gives(world, night_by_night):
    assert_same_marts(world.editions["early"], night_by_night)


def test_run_again_is_identical(world):
    assert_same_marts(world.editions["late"], world.editions["again"])


def test_closed_periods_are_the_same_whenever_they_are_evaluated(world):
    early, late = world.editions["early"], world.editions["late"]
    is_closed = IS_CLOSED.format(day=early.as_of)
    with side_by_side(early, late) as con:
        for relation in ("marts.scorecard", "marts.scorecard_by_unit"):
            columns = f"{FIGURE}, {COUNTS}, verdict, rate, failures_left"
            columns += ", unit_id" if relation.endswith("unit") else ""
            assert not differences(con, relation, columns, is_closed), relation
        columns = f"{FIGURE}, case_id, unit_id, treatment, reason, due_on, completed_on"
        assert not differences(con, "marts.measure_cases", columns, is_closed)
        query = f"select count(*) from one.marts.scorecard where {is_closed}"
        assert con.execute(query).fetchone() > (0,)


def test_counts_add_up_in_every_figure(world):
    query = f"""
        with cases as (
            select {FIGURE},
                count(*) filter (treatment = 'met') as numerator,
                count(*) filter (treatment in ('met', 'failed')) as denominator,
                count(*) filter (treatment = 'missing_deadline') as missing_deadline_count,
                count(*) filter (treatment = 'missing_completion') as missing_completion_count,
                count(*) filter (treatment = 'exempt') as exempt_count,
                count(*) filter (treatment = 'suspended') as suspended_count,
                count(*) filter (treatment = 'undecided') as undecided_count,
                count(*) filter (treatment = 'excluded') as excluded_count
            from marts.measure_cases group by all
        )
        select count(*) from (
            select {FIGURE}, {COUNTS} from marts.scorecard
            where denominator + missing_deadline_count + missing_completion_count + exempt_count
                + suspended_count + undecided_count + excluded_count > 0
                    and measure_id not in ('07a', '10')
            except select {FIGURE}, {COUNTS} from cases
        )
    """
    for edition in world.editions.values():
        with duckdb.connect(str(edition.path), read_only=True) as con:
            assert con.execute(query).fetchone() == (0,)


def test_rates_lie_between_their_bounds(world):
    for edition in world.editions.values():
        with duckdb.connect(str(edition.path), read_only=True) as con:
            for table in ("scorecard", "scorecard_by_unit"):
                rows = con.execute(
                    f"select rate_low, rate, rate_high from marts.{table} where rate is not null"
                ).fetchall()
                assert rows
                assert all(0 <= low <= rate <= high <= 1 for low, rate, high in rows)


def test_case_in_time_never_lowers_a_rate(world):
    query = f"""
        select measure_id, basis,
            poor.numerator, poor.denominator, rich.numerator, rich.denominator
        from marts.scorecard_by_unit as poor
        inner join marts.scorecard_by_unit as rich using ({FIGURE})
        where poor.unit_id like 'poor-%' and rich.unit_id = replace(poor.unit_id, 'poor', 'rich')
    """
    with duckdb.connect(str(world.editions["late"].path), read_only=True) as con:
        rows = con.execute(query).fetchall()
        published = con.execute(
            "select distinct measure_id, basis from marts.scorecard where measure_id in"
            " ('03a', '03b', '04a', '04b', '05a', '05b', '07a', '07b')"
        ).fetchall()
    for measure, basis, num, den, more_num, more_den in rows:
        assert (more_num - num, more_den - den) in ((0, 0), (1, 1)), (measure, basis)
        assert den == 0 or more_num * den >= num * more_den
    assert {row[:2] for row in rows if row[2:4] != row[4:]} == set(published)
