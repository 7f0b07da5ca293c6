with

cases as (

    select * from {{ ref('int_measure_cases') }}

),

final as (

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        case_id,
        unit_id,
        treatment in ('met', 'failed') as is_counted,
        case
            when treatment is null or treatment = 'met' then true
            when treatment = 'failed' then false
        end as is_met,
        treatment,
        reason,
        received_on,
        due_on,
        completed_on
    from cases

)

select * from final
