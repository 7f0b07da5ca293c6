with

figures as (

    select * from {{ ref('int_scorecard') }}

),

units as (

    select * from {{ ref('dim_unit') }}

),

publication as (

    select * from {{ ref('int_publication') }}

),

final as (

    select
        figures.unit_id,
        coalesce(units.unit_name, figures.unit_id) as unit_name,
        figures.decision_id,
        figures.objective_no,
        figures.measure_id,
        figures.measure_name_vi,
        figures.measure_name_en,
        figures.scope,
        figures.basis,
        figures.is_headline,
        figures.period_grain,
        figures.period_start,
        figures.period_end,
        figures.evaluated_on,
        figures.is_closed_period,
        figures.numerator,
        figures.denominator,
        figures.rate,
        figures.target,
        figures.comparator,
        figures.verdict,
        figures.is_conclusive,
        figures.rate_low,
        figures.rate_high,
        figures.missing_deadline_count,
        figures.missing_completion_count,
        figures.exempt_count,
        figures.suspended_count,
        figures.undecided_count,
        figures.excluded_count,
        figures.failures_left,
        figures.as_of,
        publication.published_at
    from figures
    left join units on figures.unit_id = units.unit_id
    left join publication on true
    where not figures.is_total

)

select * from final
