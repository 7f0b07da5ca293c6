{#-
    The coverage measures 02, 03a and 04a: whether tasks and directives were tracked, and urged
    where that was needed.

    cases: a relation with case_id, unit_id, received_on, effective_due_on, completed_on,
    undated_from, removed_on, tracked_on, urged_on, excluded_reason.

    A case counts from the day it was given until the period in which it was completed. It was
    tracked when an entry, or its completion, lies in the period. Urging is needed for an open case
    due within seven days of the evaluation date or earlier, and must not be older than seven days
    before the deadline.
-#}
{% macro coverage_measure(measure_id, cases) -%}
with

cases as (

    select
        *,
        coalesce(completed_on, undated_from) as ended_on,
        {{ touches_until() }} as touches_until
    from {{ cases }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

touched as (

    select
        cases.*,
        periods.period_grain,
        periods.period_start,
        periods.evaluated_on,
        cases.received_on >= periods.period_start as is_received_in_period,
        coalesce(cases.ended_on <= periods.evaluated_on, false) as is_ended,
        coalesce(cases.ended_on < periods.period_start, false) as is_ended_before,
        coalesce(cases.removed_on <= periods.evaluated_on, false) as is_removed
    from cases
    inner join periods
        on
            cases.received_on <= periods.evaluated_on
            and cases.touches_until >= periods.period_start

),

followed as (

    select
        *,
        (is_ended and not is_ended_before)
        or len(list_filter(
            tracked_on, lambda day: day >= period_start and day <= evaluated_on
        )) > 0 as is_tracked,
        not is_ended and coalesce(effective_due_on <= evaluated_on + 7, false) as needs_urging,
        len(list_filter(
            urged_on, lambda day: day >= effective_due_on - 7 and day <= evaluated_on
        )) > 0 as is_urged
    from touched

),

treated as (

    select
        *,
        case
            when excluded_reason is not null or is_removed
                then case when is_received_in_period then 'excluded' end
            when is_ended_before then null
            when is_tracked and (is_urged or not needs_urging) then 'met'
            else 'failed'
        end as treatment
    from followed

),

reasoned as (

    select
        *,
        'qms' as scope,
        'default' as basis,
        case
            when treatment = 'excluded' then coalesce(excluded_reason, 'removed_from_programme')
            when treatment = 'met' and needs_urging then 'tracked_and_urged'
            when treatment = 'met' then 'tracked'
            when not is_tracked then 'not_tracked'
            else 'not_urged'
        end as reason,
        effective_due_on as due_on,
        false as has_evidence
    from treated
    where treatment is not null

),

final as (

    select
        {{ measure_columns(measure_id) }}
    from reasoned

)

select * from final
{%- endmacro %}
