-- One row per directive and lead unit: its current state and what its treatment depends on.
with

versions as (

    select * from {{ ref('int_directives__histories') }}

),

units as (

    select * from {{ ref('int_units') }}

),

finished_runs as (

    {{ last_run_started('versions', 'is_finished', asked='asked.completed_at is null') }}

),

{{ effective_deadlines(
    'versions',
    ref('int_directives__deadline_offers'),
    ref('int_directives__deadline_steps'),
    dataset='directives'
) }},

{{ events_by_case('versions') }},

joined as (

    select
        versions.*,
        {{ effective_deadline('versions') }},
        {{ no_suspensions() }} as suspensions,
        case when versions.is_finished then versions.completed_at end as closed_at,
        finished_runs.run_started_on as undated_from,
        coalesce(events.tracked_on, []) as tracked_on,
        coalesce(events.urged_on, []) as urged_on,
        coalesce(units.is_office_unit, false) as is_office_unit
    from versions
    {{ join_deadlines('versions') }}
    left join finished_runs on versions.case_id = finished_runs.case_id
    left join events on versions.case_id = events.case_id
    left join units on versions.unit_id = units.unit_id
    where versions.is_current

),

dated as (

    select
        *,
        assigned_at::date as received_on,
        null::date as removed_on,
        {{ case_dates() }},
        case when status in ('withdrawn', 'standing') then 'directive_' || status end
            as excluded_reason,
        false as is_withdrawn,
        false as is_exempt,
        is_office_unit and issuer in ('ppc', 'chairman') as is_office_directive
    from joined

),

final as (

    select
        *,
        {{ decided_on() }} as decided_on
    from dated

)

{{ with_replaced_days('final') }}
