with

{{ resolved_units(ref('stg_documents'), unit='rows.unit_id', begun_on='rows.arrived_at::date') }},

{{ listings('resolved', key=[
    'register_year', 'register_book', 'arrival_no', 'office_id', 'unit_id',
]) }},

final as (

    select
        *,
        {{ offered_deadline('due_at', 'arrived_at') }} as offered_due_at,
        status = 'completed' as is_finished,
        coalesce(storage in ('reference', 'no_action'), false)
        or status in ('returned', 'recalled') as is_left_out
    from listings

)

select * from final
