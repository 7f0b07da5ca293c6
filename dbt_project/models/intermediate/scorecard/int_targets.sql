-- The target of every measure in every period: that of the decision in force at the period's end.
with

targets as (

    select * from {{ ref('int_targets_in_force') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

final as (

    select
        periods.period_grain,
        periods.period_start,
        targets.measure_id,
        targets.objective_no,
        targets.kind,
        targets.name_vi,
        targets.name_en,
        targets.decision_id,
        targets.comparator,
        targets.target_numerator,
        targets.target_denominator
    from periods
    inner join targets
        on
            periods.period_end >= targets.in_force_from
            and periods.period_end < targets.in_force_before

)

select * from final
