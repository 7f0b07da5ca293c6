with

{{ resolved_units(
    ref('stg_programme_tasks'), unit='rows.unit_id', begun_on='rows.added_at::date'
) }},

{{ listings('resolved', key=['task_id']) }},

final as (

    select
        *,
        {{ offered_deadline('due_at', 'added_at') }} as offered_due_at,
        completed_at is not null as is_finished
    from listings

)

select * from final
