with

calendar_days as (

    select * from {{ ref('int_calendar_days') }}

),

final as (

    select
        working_day_no,
        date_day
    from calendar_days
    where is_working_day

)

select * from final
