with

rows as (

    select * from {{ ref('stg_programme_tasks') }}

),

{{ resolved_units('rows', unit='rows.unit_id', begun_on='rows.added_at::date') }},

{{ listings('resolved', key=['task_id'], content=[
    'programme_year', 'kind', 'title', 'unit_id', 'added_at', 'removed_at', 'due_at',
    'completed_at', 'last_tracked_at', 'last_urged_at', 'source',
]) }},

final as (

    select
        *,
        {{ offered_deadline('due_at', 'added_at') }} as offered_due_at,
        completed_at is not null as is_finished
    from listings

)

select * from final
