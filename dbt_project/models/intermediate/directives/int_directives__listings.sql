with

{{ resolved_units(ref('stg_directives'), unit='rows.unit_id', begun_on='rows.assigned_at::date') }},

{{ listings('resolved', key=['directive_id', 'unit_id']) }},

final as (

    select
        *,
        {{ offered_deadline('due_at', 'assigned_at') }} as offered_due_at,
        status = 'completed' as is_finished
    from listings

)

select * from final
