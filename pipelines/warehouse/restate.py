"""Restatements: figures of closed periods that differ from the edition published before.

Runs inside the publishing transaction, with the published file attached read-only: what that
edition says is compared with what the next one is about to say, down to the cases that moved a
figure.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipelines.warehouse.schemas import change


def restate(con: duckdb.DuckDBPyConnection, published_at: datetime) -> int:
    """Remember every figure of a closed period that changed since the edition before.

    Only figures that were published for a closed period are compared; a unit that had no case in
    such a period and has one now changed from nothing.

    Args:
        con: The working database, its marts as they are about to be published, with the published
            edition attached as `previous_edition`.
        published_at: The stamp of the new edition.

    Returns:
        How many figures were restated, of all units together and of single ones.
    """
    if not _is_comparable(con):
        return 0
    con.execute(_FIND_FIGURES)
    count = change(con, _REMEMBER_FIGURES, [published_at])
    if count:
        con.execute(_FIND_CASES)
        change(con, _REMEMBER_CASES, [published_at])
    return count


def _is_comparable(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the edition before has the tables to compare with; an older software's may not."""
    query = """
        select count(distinct table_name) = 3
        from duckdb_columns()
        where
            database_name = 'previous_edition'
            and schema_name = 'marts'
            and table_name in ('scorecard', 'scorecard_by_unit', 'measure_cases')
    """
    row = con.execute(query).fetchone()
    return row is not None and bool(row[0])


# A total has no unit; the empty text stands for it where rows are matched.
_FIND_FIGURES = """
    create or replace temp table changed_figures as
    with
    before as (
        select *, '' as unit_key from previous_edition.marts.scorecard where is_closed_period
        union all by name
        select *, unit_id as unit_key
        from previous_edition.marts.scorecard_by_unit where is_closed_period
    ),
    after as (
        select *, '' as unit_key from marts.scorecard where is_closed_period
        union all by name
        select *, unit_id as unit_key from marts.scorecard_by_unit where is_closed_period
    ),
    published_figures as (
        select measure_id, scope, basis, period_grain, period_start, published_at
        from before
        where unit_key = ''
    )
    select
        measure_id,
        scope,
        basis,
        nullif(unit_key, '') as unit_id,
        period_grain,
        period_start,
        published_figures.published_at as previously_published_at,
        before.numerator as numerator_before,
        before.denominator as denominator_before,
        after.numerator as numerator_after,
        after.denominator as denominator_after
    from before
    full join after
        using (measure_id, scope, basis, period_grain, period_start, unit_key)
    inner join published_figures
        using (measure_id, scope, basis, period_grain, period_start)
    where
        before.numerator is distinct from after.numerator
        or before.denominator is distinct from after.denominator
        or before.missing_deadline_count is distinct from after.missing_deadline_count
        or before.missing_completion_count is distinct from after.missing_completion_count
"""

_REMEMBER_FIGURES = """
    insert into memory.restatements by name
    select *, ?::timestamptz as published_at from temp.changed_figures
"""

_FIND_CASES = """
    create or replace temp table moved_cases as
    with
    figures as (
        select distinct measure_id, scope, basis, period_grain, period_start
        from temp.changed_figures
    ),
    before as (
        select * from previous_edition.marts.measure_cases
        semi join figures using (measure_id, scope, basis, period_grain, period_start)
    ),
    after as (
        select * from marts.measure_cases
        semi join figures using (measure_id, scope, basis, period_grain, period_start)
    ),
    moved as (
        select
            measure_id,
            scope,
            basis,
            period_grain,
            period_start,
            case_id,
            before.treatment as treatment_before,
            after.treatment as treatment_after,
            before.unit_id as unit_before,
            after.unit_id as unit_after,
            list_filter([
                {
                    'name': 'received_on',
                    'old': before.received_on::varchar, 'new': after.received_on::varchar
                },
                {'name': 'due_on', 'old': before.due_on::varchar, 'new': after.due_on::varchar},
                {
                    'name': 'completed_on',
                    'old': before.completed_on::varchar, 'new': after.completed_on::varchar
                },
                {'name': 'unit_id', 'old': before.unit_id, 'new': after.unit_id}
            ], lambda entry: entry.old is distinct from entry.new) as changes,
            {'name': 'reason', 'old': before.reason, 'new': after.reason} as reasons
        from before
        full join after
            using (measure_id, scope, basis, period_grain, period_start, case_id)
        where
            before.case_id is null
            or after.case_id is null
            or before.treatment is distinct from after.treatment
            or before.unit_id is distinct from after.unit_id
    )
    -- Where no date tells why, the reason does.
    select
        * exclude (changes, reasons),
        unnest(case when len(changes) > 0 then changes else [reasons] end) as change
    from moved
"""

# A case belongs to a unit's figure when it is, or was, that unit's.
_REMEMBER_CASES = """
    insert into memory.restatement_cases by name
    select
        measure_id,
        scope,
        basis,
        figures.unit_id,
        period_grain,
        period_start,
        cases.case_id,
        cases.treatment_before,
        cases.treatment_after,
        cases.change.name as column_name,
        cases.change.old as value_before,
        cases.change.new as value_after,
        ?::timestamptz as published_at
    from temp.changed_figures as figures
    inner join temp.moved_cases as cases
        using (measure_id, scope, basis, period_grain, period_start)
    where figures.unit_id is null or figures.unit_id in (cases.unit_before, cases.unit_after)
"""
