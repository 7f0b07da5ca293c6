with

calendar_days as (

    select * from {{ ref('int_calendar_days') }}

),

final as (

    select
        date_day,
        -- the period it lies in, as numbers
        year(date_day) as calendar_year,
        ceil(month(date_day) / 6)::bigint as half_year_no,
        quarter(date_day) as quarter_no,
        month(date_day) as month_no,
        isodow(date_day) as iso_weekday,
        -- and as people write it
        strftime(date_day, '%Y') as year_label,
        concat(year(date_day), '-H', ceil(month(date_day) / 6)::bigint) as half_year_label,
        concat(year(date_day), '-Q', quarter(date_day)) as quarter_label,
        strftime(date_day, '%Y-%m') as month_label,
        -- the working calendar
        is_working_day,
        working_day_no,
        special_day_vi,
        special_day_source,
        is_reviewed
    from calendar_days

)

select * from final
