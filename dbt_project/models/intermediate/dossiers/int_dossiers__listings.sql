with

rows as (

    select * from {{ ref('stg_dossiers') }}

),

{{ resolved_units(
    'rows', unit='coalesce(rows.unit_id, rows.unit_name)', begun_on='rows.received_at::date'
) }},

{{ listings('resolved', key=['dossier_id'], content=[
    'procedure_id', 'procedure_name', 'field', 'unit_id', 'unit_name', 'authority', 'channel',
    'service_level', 'submitted_at', 'received_at', 'due_at', 'completed_at', 'returned_at',
    'status', 'supplement_requested_at', 'supplement_received_at', 'supplement_count',
    'apology_sent_at', 'apology_due_at', 'deadline_exempt', 'handled_electronically',
    'process_conforming', 'source',
]) }},

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
