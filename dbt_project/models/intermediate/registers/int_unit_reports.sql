-- The current state of every obligation of a unit to hand in a programme or report.
with

obligations as (

    select * from {{ ref('int_unit_reports__versions') }}
    where is_current

),

units as (

    select * from {{ ref('int_units') }}

),

final as (

    select
        obligations.*,
        obligations.due_at::date as due_on,
        obligations.submitted_at::date as submitted_on,
        coalesce(units.is_office_unit, false) as is_office_unit,
        coalesce({{ is_in_time(
            'obligations.submitted_at', 'obligations.due_at', 'obligations.precision'
        ) }}, false)
        and coalesce(obligations.submitted_online, false)
        and coalesce(obligations.accepted, true) as is_fulfilled
    from obligations
    left join units on obligations.unit_id = units.unit_id

)

select * from final
