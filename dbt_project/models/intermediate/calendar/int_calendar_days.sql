with

exceptions as (

    select * from {{ ref('int_calendar_exceptions') }}

),

reviewed_years as (

    select distinct year(date_day) as calendar_year
    from {{ ref('calendar_overrides') }}

),

days as (

    select unnest(generate_series(date '2005-01-01', date '2040-12-31', interval 1 day))::date
        as date_day

),

decided as (

    select
        days.date_day,
        coalesce(exceptions.is_working_day, isodow(days.date_day) <= 5) as is_working_day,
        exceptions.name_vi as special_day_vi,
        exceptions.source as special_day_source,
        coalesce(exceptions.is_reviewed, reviewed_years.calendar_year is not null) as is_reviewed
    from days
    left join exceptions on days.date_day = exceptions.date_day
    left join reviewed_years on year(days.date_day) = reviewed_years.calendar_year

),

final as (

    select
        *,
        count(*) filter (where is_working_day) over (order by date_day) as working_day_no
    from decided

)

select * from final
