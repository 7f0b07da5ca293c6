"""Restatements: figures of closed periods that differ from the edition published before.

Runs inside the publishing transaction, with the published file attached read-only: what that
edition says is compared with what the next one is about to say, down to the cases that moved a
figure. Of the dossiers, which may be millions, only those are looked at that were merged since that
edition: no other can be treated differently in a period that was closed already.
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
        for side, database in {"before": "previous_edition.", "after": ""}.items():
            _stage_cases(con, side, database)
        con.execute(_FIND_CASES)
        change(con, _REMEMBER_CASES, [published_at])
    return count


def _stage_cases(con: duckdb.DuckDBPyConnection, side: str, database: str) -> None:
    """Gather the cases behind the changed figures as one of the editions treats them."""
    stage = f"""
        create or replace temp table cases_{side} as
        select * from {database}marts.measure_cases
        semi join temp.changed_figures using (measure_id, scope, basis, period_grain, period_start)
        where list_contains(?, measure_id) = ?
    """
    if not _knows_dossiers(con):
        con.execute(stage, [[], False])
        return
    con.execute(stage, [list(_OVER_DOSSIERS), False])
    condition = "true" if _all_changed(con) else _CHANGED_SINCE
    con.execute("delete from intermediate.int_compared_dossiers")
    con.execute(
        f"""
        insert into intermediate.int_compared_dossiers by name
        select * from {database}intermediate.int_dossiers__cases where {condition}
        """
    )
    con.execute(
        f"""
        insert into temp.cases_{side} by name
        select * from intermediate.int_compared_measure_cases
        semi join temp.changed_figures using (measure_id, scope, basis, period_grain, period_start)
        """
    )
    con.execute("delete from intermediate.int_compared_dossiers")


def _knows_dossiers(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether both editions keep the same of every dossier; an older software's may not."""
    query = """
        select count(*) = 2 and count(distinct columns) = 1
        from (
            select database_name, list(column_name order by column_name) as columns
            from duckdb_columns()
            where
                database_name in (current_database(), 'previous_edition')
                and (schema_name, table_name) = ('intermediate', 'int_dossiers__cases')
            group by database_name
        )
    """
    row = con.execute(query).fetchone()
    return row is not None and bool(row[0])


def _all_changed(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the dossiers were built anew: then some may be gone as well."""
    query = """
        select not exists (
            from intermediate.int_dossiers__cases
            where batch_no < (select batch_no from previous_edition.ops.batch)
        )
    """
    row = con.execute(query).fetchone()
    return row is not None and bool(row[0])


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


_OVER_DOSSIERS = ("05a", "05b", "07a", "07b")
"""The measures of `int_compared_measure_cases`."""

_CHANGED_SINCE = """
    case_id in (
        select changed.case_id from intermediate.int_dossiers__cases as changed
        where changed.batch_no >= (select batch_no from previous_edition.ops.batch)
    )
"""

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
        from temp.cases_before as before
        full join temp.cases_after as after
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
