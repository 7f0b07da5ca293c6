with

rows as (

    select * from {{ ref('stg_directives') }}

),

{{ resolved_units('rows', unit='rows.unit_id', begun_on='rows.assigned_at::date') }},

{{ listings('resolved', key=['directive_id', 'unit_id'], content=[
    'issuer', 'symbol', 'content', 'assigned_at', 'due_at', 'extension_approved_at',
    'extended_due_at', 'completed_at', 'status', 'last_tracked_at', 'last_urged_at', 'source',
]) }},

final as (

    select
        *,
        {{ offered_deadline('due_at', 'assigned_at') }} as offered_due_at,
        status = 'completed' as is_finished
    from listings

)

select * from final
