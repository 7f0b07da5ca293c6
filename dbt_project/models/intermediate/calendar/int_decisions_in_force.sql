with

decisions as (

    select * from {{ ref('decisions') }}

),

ordered as (

    select
        decision_id,
        effective_on,
        row_number() over (order by effective_on) as decision_no_in_time,
        lead(effective_on) over (order by effective_on) as next_effective_on
    from decisions

),

final as (

    -- What lies before the first decision is judged by the first.
    select
        decision_id,
        case when decision_no_in_time > 1 then effective_on end as in_force_from,
        next_effective_on as in_force_before
    from ordered

)

select * from final
