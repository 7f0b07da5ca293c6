with

{{ resolved_units(
    ref('stg_dossiers'), unit='coalesce(rows.unit_id, rows.unit_name)', begun_on='rows.received_at::date'
) }},

{{ listings('resolved', key=['dossier_id']) }},

final as (

    select
        *,
        {{ offered_deadline('due_at', 'received_at') }} as offered_due_at,
        status in ('paused_supplement', 'paused_financial', 'suspended') as is_paused,
        status in ('result_ready', 'delivered', 'refused') as is_finished,
        status = 'withdrawn' as is_withdrawn
    from listings

)

select * from final
