-- One row per directive and lead unit: its current state and what its treatment depends on.
with

versions as (

    select * from {{ ref('int_directives__versions') }}

),

units as (

    select * from {{ ref('int_units') }}

),

finished_runs as (

    {{ last_run_started('versions', 'is_finished') }}

),

{{ effective_deadlines(
    ref('int_directives__deadline_offers'), ref('int_directives__deadline_steps'), dataset='directives'
) }},

{{ events_by_case('versions') }},

joined as (

    select
        versions.*,
        effective_deadlines.effective_due_at,
        effective_deadlines.uncorrected_due_at,
        {{ no_suspensions() }} as suspensions,
        case when versions.is_finished then versions.completed_at end as closed_at,
        case
            when versions.is_finished and versions.completed_at is null
                then finished_runs.run_started_on
        end as undated_from,
        coalesce(events.tracked_on, []) as tracked_on,
        coalesce(events.urged_on, []) as urged_on,
        coalesce(units.is_office_unit, false) as is_office_unit
    from versions
    left join effective_deadlines on versions.case_id = effective_deadlines.case_id
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

select * from final
