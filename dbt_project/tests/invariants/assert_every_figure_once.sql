{{ config(meta={'dagster': {'ref': {'name': 'scorecard'}}}) }}
-- One figure for every measure, scope, basis and period, and one at most for each of their units.
with

expected as (

    select
        bases.measure_id,
        bases.scope,
        bases.basis,
        periods.period_grain,
        periods.period_start
    from {{ ref('int_measure_bases') }} as bases
    cross join {{ ref('int_periods') }} as periods

),

figures as (

    select * from {{ ref('int_scorecard') }}

),

repeated as (

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        unit_id,
        count(*) as figures
    from figures
    group by measure_id, scope, basis, period_grain, period_start, unit_id, is_total
    having count(*) > 1

),

missing as (

    select
        expected.*,
        null::varchar as unit_id,
        0 as figures
    from expected
    left join figures
        on
            expected.measure_id = figures.measure_id
            and expected.scope = figures.scope
            and expected.basis = figures.basis
            and expected.period_grain = figures.period_grain
            and expected.period_start = figures.period_start
            and figures.is_total
    where figures.measure_id is null

)

select * from repeated
union all
select * from missing
