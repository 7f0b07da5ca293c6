-- One row per dossier: its current state and everything its treatment in any period depends on.
with

versions as (

    select * from {{ ref('int_dossiers__versions') }}

),

current_versions as (

    select * from versions
    where is_current

),

pauses as (

    select * from {{ ref('int_dossiers__pauses') }}

),

procedures as (

    select * from {{ ref('int_procedures') }}

),

units as (

    select * from {{ ref('int_units') }}

),

finished_runs as (

    {{ last_run_started('versions', 'is_finished') }}

),

withdrawn_runs as (

    {{ last_run_started('versions', 'is_withdrawn') }}

),

{{ effective_deadlines(
    ref('int_dossiers__deadline_offers'), ref('int_dossiers__deadline_steps'), dataset='dossiers'
) }},

-- Only a pause that began by the deadline stops the clock.
suspensions as (

    select
        pauses.case_id,
        list({'paused_from': pauses.paused_from, 'paused_to': pauses.paused_to}) as suspensions
    from pauses
    inner join effective_deadlines on pauses.case_id = effective_deadlines.case_id
    where pauses.paused_from <= effective_deadlines.effective_due_at::date
    group by pauses.case_id

),

pause_counts as (

    select
        case_id,
        count(*) as pause_count
    from pauses
    group by case_id

),

joined as (

    select
        current_versions.*,
        coalesce(current_versions.authority, procedures.authority) as effective_authority,
        coalesce(current_versions.service_level, procedures.service_level)
            as effective_service_level,
        procedures.procedure_key is not null as is_procedure_known,
        procedures.processing_days,
        procedures.processing_unit,
        {{ dossier_code_date('current_versions.dossier_id') }} as coded_on,
        coalesce(units.in_qms_scope, false) as is_qms_unit,
        effective_deadlines.effective_due_at,
        effective_deadlines.uncorrected_due_at,
        suspensions.suspensions,
        coalesce(pause_counts.pause_count, 0) as pause_count,
        case
            when current_versions.is_finished
                then coalesce(current_versions.completed_at, current_versions.returned_at)
            when current_versions.is_withdrawn
                then coalesce(
                    current_versions.completed_at,
                    current_versions.returned_at,
                    withdrawn_runs.run_started_on::timestamp
                )
        end as closed_at,
        case
            when
                current_versions.is_finished
                and current_versions.completed_at is null
                and current_versions.returned_at is null
                then finished_runs.run_started_on
        end as undated_from
    from current_versions
    left join effective_deadlines on current_versions.case_id = effective_deadlines.case_id
    left join suspensions on current_versions.case_id = suspensions.case_id
    left join pause_counts on current_versions.case_id = pause_counts.case_id
    left join finished_runs on current_versions.case_id = finished_runs.case_id
    left join withdrawn_runs on current_versions.case_id = withdrawn_runs.case_id
    left join units on current_versions.unit_id = units.unit_id
    left join procedures
        on
            {{ procedure_key('current_versions.procedure_id') }} = procedures.procedure_key
            and coalesce(current_versions.submitted_at, current_versions.received_at)::date
            between procedures.applies_from and procedures.applies_to

),

dated as (

    select
        *,
        received_at::date as received_on,
        {{ case_dates() }},
        coalesce(deadline_exempt, false) and effective_due_at is null as is_exempt,
        case
            when status in ('submitted', 'refused_intake', 'cancelled') then 'status_' || status
        end as excluded_reason,
        coalesce(effective_authority in ('ppc', 'chairman'), false) as is_qms_authority
    from joined

),

final as (

    select
        *,
        {{ decided_on() }} as decided_on,
        is_qms_authority or is_qms_unit as is_qms_dossier,
        channel = 'online' as is_online,
        effective_service_level in ('level_3', 'level_4') as is_online_level,
        process_conforming is not null
        or supplement_count is not null
        or apology_sent_at is not null as has_conformity_evidence,
        coalesce(
            process_conforming,
            not (
                (effective_due_at is null and not is_exempt)
                or coalesce(supplement_count > 1, false)
                or (
                    coalesce(not is_in_time, false)
                    and coalesce(apology_sent_at::date <= effective_due_on, false) is false
                )
                or coalesce(not handled_electronically, false)
            )
        ) as is_conforming
    from dated

)

select * from final
