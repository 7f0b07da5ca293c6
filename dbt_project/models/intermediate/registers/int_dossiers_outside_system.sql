-- Control totals: dossiers each unit handled outside the one-stop system, by month.
with

totals as (

    select * from {{ ref('int_dossiers_outside_system__versions') }}
    where is_current

),

units as (

    select * from {{ ref('int_units') }}

),

final as (

    select
        totals.*,
        (totals.month || '-01')::date as month_start,
        coalesce(units.in_qms_scope, false) as is_qms_unit
    from totals
    left join units on totals.unit_id = units.unit_id

)

select * from final
