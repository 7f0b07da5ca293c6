{#-
    Every case beside every period it may touch, with its state at the period's evaluation date.

    An event later than the evaluation date has not happened yet; a deadline always stands. Makes
    the CTE `states`: the case's columns, the period's, and
      is_closed     completed by then
      is_undated    finished by then, nobody knows when
      is_open       neither
      is_void       withdrawn before it could be late
      is_suspended  open, and a pause that began by the deadline still runs
      is_late_open  open past its deadline while its clock runs

    cases: a relation with case_id, unit_id, received_on, effective_due_on, completed_on,
    undated_from, overdue_on, decided_on, is_in_time, is_withdrawn, is_exempt, suspensions,
    excluded_reason. per: as `measure_rows`; cohorts are only looked at in the periods that are
    counted tonight.
-#}
{% macro case_periods(cases, per='case') -%}
    cases as (

        select * from {{ cases }}

    ),

    periods as (

        select * from {{ ref('int_touched_periods' if per == 'cohort' else 'int_periods') }}

    ),

    spans as (

        select
            *,
            {{ touches_until() }} as touches_until
        from cases

    ),

    touched as (

        select
            spans.*,
            periods.period_grain,
            periods.period_start,
            periods.evaluated_on,
            coalesce(spans.completed_on <= periods.evaluated_on, false) as is_closed,
            coalesce(spans.undated_from <= periods.evaluated_on, false) as is_undated,
            spans.received_on >= periods.period_start as is_received_in_period,
            coalesce(spans.effective_due_on >= periods.period_start, false)
            and coalesce(spans.effective_due_on <= periods.evaluated_on, false)
                as is_due_in_period,
            coalesce(spans.decided_on >= periods.period_start, false)
            and coalesce(spans.decided_on <= periods.evaluated_on, false)
                as is_decided_in_period
        from spans
        inner join periods
            on
                spans.received_on <= periods.evaluated_on
                and spans.touches_until >= periods.period_start

    ),

    opened as (

        select
            *,
            not is_closed and not is_undated as is_open,
            is_closed and completed_on >= period_start as is_closed_in_period,
            is_closed and is_withdrawn and (effective_due_on is null or is_in_time) as is_void
        from touched

    ),

    suspended as (

        select
            *,
            is_open
            and suspensions is not null
            and {{ is_suspended_on('suspensions', 'evaluated_on') }} as is_suspended
        from opened

    ),

    states as (

        select
            *,
            is_open and not is_suspended and coalesce(overdue_on <= evaluated_on, false)
                as is_late_open
        from suspended

    )
{%- endmacro %}


{#-
    The last day on which a case can still touch a period; the first one is its receipt. What is
    completed was decided on by then.
-#}
{% macro touches_until(case='') -%}
    {%- set case = case ~ '.' if case else '' -%}
    greatest({{ case }}received_on, case
                when {{ case }}excluded_reason is not null then {{ case }}received_on
                when {{ case }}completed_on is not null
                    then greatest(
                        {{ case }}completed_on,
                        coalesce({{ case }}effective_due_on, {{ case }}completed_on)
                    )
                else coalesce({{ case }}undated_from, date '9999-12-31')
            end)
{%- endmacro %}
