-- Figures of the units add up to the figure of all of them, where a measure has unit figures.
with

figures as (

    select * from {{ ref('int_scorecard') }}
    where measure_id not in ('01', '08', '10')

),

added as (

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        sum(numerator) filter (where is_total) as numerator,
        coalesce(sum(numerator) filter (where not is_total), 0) as numerator_of_units,
        sum(denominator) filter (where is_total) as denominator,
        coalesce(sum(denominator) filter (where not is_total), 0) as denominator_of_units
    from figures
    group by measure_id, scope, basis, period_grain, period_start

)

select * from added
where numerator <> numerator_of_units or denominator <> denominator_of_units
