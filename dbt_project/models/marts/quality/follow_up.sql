with

run as (

    select * from {{ ref('int_run') }}

),

open_items as (

    select * from {{ ref('int_open_items') }}

),

units as (

    select * from {{ ref('dim_unit') }}

),

calendar as (

    select * from {{ ref('int_calendar_days') }}

),

stated as (

    select
        open_items.*,
        run.as_of,
        case
            when open_items.due_on is null then 'missing_deadline'
            when open_items.overdue_on <= run.as_of then 'overdue'
            when open_items.due_on = run.as_of then 'due_today'
            when open_items.due_on <= run.as_of + 7 then 'due_soon'
        end as state
    from open_items
    cross join run

),

-- A paused clock keeps an item from being overdue, not from being due soon.
listed as (

    select * from stated
    where
        state is not null
        and not (is_suspended and state = 'overdue')

),

final as (

    select
        listed.dataset,
        listed.case_id,
        listed.unit_id,
        coalesce(units.unit_name, listed.unit_id) as unit_name,
        listed.title,
        listed.due_on,
        case
            -- Overdue over a weekend alone is overdue all the same.
            when listed.state = 'overdue'
                then least(due_days.working_day_no - today.working_day_no, -1)
            else due_days.working_day_no - today.working_day_no
        end::int as working_days_left,
        listed.state,
        listed.last_urged_on
    from listed
    left join units on listed.unit_id = units.unit_id
    left join calendar as due_days on listed.due_on = due_days.date_day
    left join calendar as today on listed.as_of = today.date_day

)

select * from final
