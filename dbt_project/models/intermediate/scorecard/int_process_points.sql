-- The months that say how a measure behaves over time: closed ones with a rate, the newest 24, each
-- with the limits of an XmR chart over all of them.
with

figures as (

    select * from {{ ref('int_scorecard') }}
    where
        is_total
        and is_headline
        and period_grain = 'month'
        and is_closed_period
        and rate is not null
        and measure_id not in {{ cumulative_measure_ids() }}

),

recent as (

    select
        measure_id,
        period_start,
        period_end,
        numerator,
        denominator,
        rate,
        target,
        comparator
    from figures
    -- Two years: an older past tells little of the process as it is now.
    qualify row_number() over (partition by measure_id order by period_start desc) <= 24

),

moved as (

    select
        *,
        rate - lag(rate) over (partition by measure_id order by period_start) as step
    from recent

),

spread as (

    select
        *,
        count(*) over measure as point_count,
        avg(rate) over measure as mean_rate,
        coalesce(avg(abs(step)) over measure, 0) as mean_moving_range
    from moved
    window measure as (partition by measure_id)

),

-- Rounded far below any case, lest the last digits of floating point put equal months on a side.
final as (

    select
        measure_id,
        period_start,
        period_end,
        numerator,
        denominator,
        rate,
        target,
        comparator,
        step,
        point_count,
        mean_rate,
        mean_moving_range,
        round(rate - mean_rate, 12) as deviation,
        round(2.66 * mean_moving_range, 12) as reach,
        round(greatest(mean_rate - 2.66 * mean_moving_range, 0), 12) as lower_limit,
        round(least(mean_rate + 2.66 * mean_moving_range, 1), 12) as upper_limit
    from spread

)

select * from final
