-- One row per dossier: everything its treatment in any period depends on. What its current version
-- says beside that stays there.
-- (Relations of millions of rows that are read more than once are not kept in memory for that.)
with

versions as not materialized (

    select * from {{ ref('int_dossiers__histories') }}

),

current_versions as not materialized (

    select * from versions
    where is_current

),

procedures as (

    select * from {{ ref('int_procedures') }}

),

-- A handful of ids stands for all rows.
procedure_ids as (

    select
        procedure_id,
        {{ procedure_key('procedure_id') }} as procedure_key
    from (select distinct procedure_id from current_versions) as ids

),

{{ misread_texts(ref('int_dossiers__histories'), dossier_texts()) }},

units as (

    select * from {{ ref('int_units') }}

),

calendar as (

    select * from {{ ref('int_calendar_days') }}

),

finished_runs as (

    {{ last_run_started(
        'versions', 'is_finished', asked='asked.completed_at is null and asked.returned_at is null'
    ) }}

),

withdrawn_runs as (

    {{ last_run_started(
        'versions', 'is_withdrawn', asked='asked.completed_at is null and asked.returned_at is null'
    ) }}

),

{{ effective_deadlines(
    'versions',
    ref('int_dossiers__deadline_offers'),
    ref('int_dossiers__deadline_steps'),
    dataset='dossiers'
) }},

pauses as (

    select
        case_id,
        list({'paused_from': paused_from, 'paused_to': paused_to}) as pauses
    from {{ ref('int_dossiers__pauses') }}
    group by case_id

),

-- Few dossiers pause, and lists are slow where rows are many.
paused as (

    select
        current_versions.case_id,
        current_versions.precision,
        {{ effective_deadline('current_versions') }},
        pauses.pauses
    from pauses
    inner join current_versions on pauses.case_id = current_versions.case_id
    {{ join_deadlines('current_versions') }}

),

stopped as (

    select
        case_id,
        len(pauses) as pause_count,
        -- Only a pause that began by the deadline stops the clock.
        nullif(
            list_filter(pauses, lambda pause: pause.paused_from <= effective_due_at::date), []
        ) as suspensions,
        list_min(list_transform(
            list_filter(pauses, lambda pause: pause.paused_from > effective_due_at::date),
            lambda pause: pause.paused_from
        )) as late_paused_from,
        {{ overdue_on('effective_due_at', 'precision') }} as overdue_on
    from paused

),

clocks as (

    select
        *,
        {{ first_running_day('suspensions', 'overdue_on') }} as running_from
    from stopped

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
        {{ effective_deadline('current_versions') }},
        clocks.suspensions,
        clocks.late_paused_from,
        clocks.running_from,
        coalesce(clocks.pause_count, 0) as pause_count,
        case procedures.processing_unit
            when 'working_day' then received_days.working_day_no + procedures.processing_days
            when 'calendar_day' then term_days.working_day_no
        end as term_working_day_no,
        due_days.working_day_no as due_working_day_no,
        due_days.is_working_day as is_due_on_working_day,
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
        finished_runs.run_started_on as undated_from,
        misread.texts as misread_texts
    from current_versions
    cross join misread
    {{ join_deadlines('current_versions') }}
    left join clocks on current_versions.case_id = clocks.case_id
    left join finished_runs on current_versions.case_id = finished_runs.case_id
    left join withdrawn_runs on current_versions.case_id = withdrawn_runs.case_id
    left join units on current_versions.unit_id = units.unit_id
    left join calendar as received_days
        on current_versions.received_at::date = received_days.date_day
    left join calendar as due_days on current_versions.offered_due_at::date = due_days.date_day
    left join procedure_ids on current_versions.procedure_id = procedure_ids.procedure_id
    left join procedures
        on
            procedure_ids.procedure_key = procedures.procedure_key
            and coalesce(current_versions.submitted_at, current_versions.received_at)::date
            between procedures.applies_from and procedures.applies_to
    left join calendar as term_days
        on case procedures.processing_unit
            when 'calendar_day'
                then current_versions.received_at::date + procedures.processing_days::int
        end = term_days.date_day

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
        case_id,
        batch_no,
        source,
        unit_id,
        received_on,
        effective_due_at,
        effective_due_on,
        uncorrected_due_at,
        completed_on,
        undated_from,
        overdue_on,
        {{ decided_on('case when suspensions is null then overdue_on else running_from end') }}
            as decided_on,
        is_in_time,
        is_finished,
        is_withdrawn,
        is_exempt,
        excluded_reason,
        suspensions,
        pause_count,
        late_paused_from,
        supplement_count,
        handled_electronically,
        effective_authority,
        effective_service_level,
        is_procedure_known,
        processing_days,
        processing_unit,
        coded_on,
        is_qms_authority,
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
        ) as is_conforming,
        {{ may_have_issues() }} as may_have_issues,
        {{ may_be_misread() }} as may_be_misread
    from dated

)

{{ with_replaced_days('final') }}
