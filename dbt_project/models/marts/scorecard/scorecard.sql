with

figures as (

    select * from {{ ref('int_scorecard') }}

),

publication as (

    select * from {{ ref('int_publication') }}

),

final as (

    select
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
    left join publication on true
    where figures.is_total

)

select * from final
