with

local_days as (

    select * from {{ ref('calendar_local') }}

),

reviewed_days as (

    select * from {{ ref('calendar_overrides') }}

),

unreviewed_days as (

    select * from {{ ref('calendar_unreviewed') }}

),

reviewed_years as (

    select distinct year(date_day) as calendar_year
    from reviewed_days

),

layered as (

    select
        date_day,
        is_working_day,
        name_vi,
        source,
        true as is_reviewed,
        1 as precedence
    from local_days

    union all

    select
        date_day,
        is_working_day,
        name_vi,
        source,
        is_reviewed,
        2 as precedence
    from reviewed_days

    union all

    select
        date_day,
        is_working_day,
        name_vi,
        source,
        false as is_reviewed,
        3 as precedence
    from unreviewed_days
    where year(date_day) not in (select reviewed_years.calendar_year from reviewed_years)

),

ranked as (

    select
        *,
        row_number() over (partition by date_day order by precedence) as choice
    from layered

),

final as (

    select
        date_day,
        is_working_day,
        name_vi,
        source,
        is_reviewed
    from ranked
    where choice = 1

)

select * from final
