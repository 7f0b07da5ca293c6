{{ config(meta={'dagster': {'ref': {'name': 'scorecard'}}}) }}
-- The cases behind a figure add up to its counts, exactly, for every published figure.
with

cases as (

    select * from {{ ref('measure_cases') }}

),

figures as (

    select * from {{ ref('int_scorecard') }}
    where is_total

),

counted as (

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        count(*) filter (where is_met) as numerator,
        count(*) filter (where is_counted) as denominator,
        count(*) filter (where treatment = 'missing_deadline') as missing_deadline_count,
        count(*) filter (where treatment = 'missing_completion') as missing_completion_count,
        count(*) filter (where treatment = 'exempt') as exempt_count,
        count(*) filter (where treatment = 'suspended') as suspended_count,
        count(*) filter (where treatment = 'undecided') as undecided_count,
        count(*) filter (where treatment = 'excluded') as excluded_count
    from cases
    group by measure_id, scope, basis, period_grain, period_start

),

compared as (

    select
        figures.measure_id,
        figures.scope,
        figures.basis,
        figures.period_grain,
        figures.period_start,
        {%- for column in [
            'numerator', 'denominator', 'missing_deadline_count', 'missing_completion_count',
            'exempt_count', 'suspended_count', 'undecided_count', 'excluded_count',
        ] %}
        coalesce(counted.{{ column }}, 0) as {{ column }}_of_cases,
        coalesce(figures.{{ column }}, 0)
        {%- if column == 'denominator' %} - figures.outside_count {%- endif %} as {{ column }},
        {%- endfor %}
        counted.measure_id is null as has_no_cases
    from figures
    full outer join counted
        on
            figures.measure_id = counted.measure_id
            and figures.scope = counted.scope
            and figures.basis = counted.basis
            and figures.period_grain = counted.period_grain
            and figures.period_start = counted.period_start

)

select * from compared
where
    measure_id is null
    {%- for column in [
        'numerator', 'denominator', 'missing_deadline_count', 'missing_completion_count',
        'exempt_count', 'suspended_count', 'undecided_count', 'excluded_count',
    ] %}
    or {{ column }}_of_cases <> {{ column }}
    {%- endfor %}
