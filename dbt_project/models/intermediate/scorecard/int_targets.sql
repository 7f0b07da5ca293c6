-- The target of every measure in every period: that of the decision in force at the period's end.
with

targets as (

    select * from {{ ref('targets') }}

),

decisions as (

    select * from {{ ref('decisions') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

-- Decisions take turns measure by measure: what the first one knows of a measure also judges
-- everything before it.
turns as (

    select
        targets.*,
        case
            when lag(decisions.effective_on) over turns_of_measure is not null
                then decisions.effective_on
            else date '0001-01-01'
        end as in_force_from,
        coalesce(lead(decisions.effective_on) over turns_of_measure, date '9999-12-31')
            as in_force_before
    from targets
    inner join decisions on targets.decision_id = decisions.decision_id
    window turns_of_measure as (partition by targets.measure_id order by decisions.effective_on)

),

final as (

    select
        periods.period_grain,
        periods.period_start,
        turns.measure_id,
        turns.decision_id,
        turns.comparator,
        turns.target_numerator::bigint as target_numerator,
        turns.target_denominator::bigint as target_denominator
    from periods
    inner join turns
        on
            periods.period_end >= turns.in_force_from
            and periods.period_end < turns.in_force_before

)

select * from final
