-- The rules of special cause of Making Data Count, point by point.
with

points as (

    select * from {{ ref('int_process_points') }}

),

-- What is true of a point when it comes: it is the last of seven, or of three.
signalled as (

    select
        *,
        abs(deviation) > reach as is_outside_limits,
        abs(deviation) > 2 * reach / 3 as is_near_limit,
        count(*) over seven = 7
        and abs(sum(sign(deviation)) over seven) = 7 as ends_shift,
        case
            when count(step) over six = 6 and abs(sum(sign(step)) over six) = 6 then sign(step)
        end as ends_trend,
        count(*) over three = 3
        and abs(sum(sign(deviation)) over three) = 3
        and count(*) filter (abs(deviation) > 2 * reach / 3) over three >= 2 as ends_two_of_three
    from points
    window
        three as (
            partition by measure_id order by period_start rows between 2 preceding and current row
        ),
        six as (
            partition by measure_id order by period_start rows between 5 preceding and current row
        ),
        seven as (
            partition by measure_id order by period_start rows between 6 preceding and current row
        )

),

-- The points before it belong to the same signal.
flagged as (

    select
        *,
        bool_or(ends_shift) over next_seven as is_in_shift,
        max(ends_trend) over next_seven as trend,
        is_near_limit and bool_or(ends_two_of_three) over next_three as is_two_of_three
    from signalled
    window
        next_three as (
            partition by measure_id order by period_start rows between current row and 2 following
        ),
        next_seven as (
            partition by measure_id order by period_start rows between current row and 6 following
        )

),

-- Of every measure more is better. A trend speaks by its direction, the rest by their side.
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
        point_count,
        mean_rate,
        mean_moving_range,
        lower_limit,
        upper_limit,
        is_outside_limits,
        is_in_shift,
        trend is not null as is_in_trend,
        is_two_of_three,
        case
            when point_count < 10 then 'not_enough_data'
            when is_outside_limits or is_in_shift or is_two_of_three
                then if(deviation > 0, 'improving', 'concerning')
            when trend is not null then if(trend > 0, 'improving', 'concerning')
            else 'common_cause'
        end as variation,
        case
            when point_count < 10 then 'not_enough_data'
            when lower_limit > target or (lower_limit = target and comparator = 'ge')
                then 'consistently_met'
            when upper_limit < target or (upper_limit = target and comparator = 'gt')
                then 'consistently_missed'
            else 'hit_and_miss'
        end as assurance,
        row_number() over (partition by measure_id order by period_start desc) = 1 as is_latest
    from flagged

)

select * from final
