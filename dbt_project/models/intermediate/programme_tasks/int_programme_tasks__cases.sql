-- One row per task of the work programme: its current state and what its treatment depends on.
with

versions as (

    select * from {{ ref('int_programme_tasks__histories') }}

),

{{ effective_deadlines(
    'versions',
    ref('int_programme_tasks__deadline_offers'),
    ref('int_programme_tasks__deadline_steps'),
    dataset='programme_tasks'
) }},

{{ events_by_case('versions') }},

joined as (

    select
        versions.*,
        {{ effective_deadline('versions') }},
        versions.completed_at as closed_at,
        null::date as undated_from,
        coalesce(events.tracked_on, []) as tracked_on,
        coalesce(events.urged_on, []) as urged_on
    from versions
    {{ join_deadlines('versions') }}
    left join events on versions.case_id = events.case_id
    where versions.is_current

),

final as (

    select
        *,
        added_at::date as received_on,
        removed_at::date as removed_on,
        {{ case_dates() }},
        null::varchar as excluded_reason
    from joined

)

{{ with_replaced_days('final') }}
