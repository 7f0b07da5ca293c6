with

working_days as (

    select * from {{ ref('int_working_days') }}

),

hours as (

    select * from {{ ref('working_hours') }}

),

-- The newest rule of a regime whose months hold the day.
ruled as (

    select
        hours.regime,
        working_days.date_day,
        {{ minute_of_day('hours.opens_at') }} as opens_minute,
        {{ minute_of_day('hours.lunch_from') }} as lunch_from_minute,
        {{ minute_of_day('hours.lunch_to') }} as lunch_to_minute,
        {{ minute_of_day('hours.closes_at') }} as closes_minute
    from working_days
    inner join hours
        on
            working_days.date_day >= hours.effective_from
            and month(working_days.date_day) between hours.month_from and hours.month_to
    qualify row_number() over (
        partition by hours.regime, working_days.date_day order by hours.effective_from desc
    ) = 1

),

measured as (

    select
        *,
        lunch_from_minute - opens_minute as morning_minutes,
        closes_minute - lunch_to_minute as afternoon_minutes
    from ruled

),

final as (

    select
        *,
        coalesce(sum(morning_minutes + afternoon_minutes) over (
            partition by regime order by date_day
            rows between unbounded preceding and 1 preceding
        ), 0)::bigint as minutes_before
    from measured

)

select * from final
