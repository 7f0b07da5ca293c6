-- What is wrong or suspicious in the history of a dossier, one row per dossier and issue code.
with

cases as not materialized (

    select cases.*
    from {{ ref('int_dossiers__cases') }} as cases
    semi join {{ ref('stg_batch') }} as batch on cases.batch_no = batch.batch_no

),

suspects as (

    select case_id from cases
    where may_have_issues or may_be_misread

),

versions as not materialized (

    select versions.*
    from {{ ref('int_dossiers__histories') }} as versions
    semi join suspects on versions.case_id = suspects.case_id

),

{{ dated_versions('versions', ref('int_dossiers__version_deadlines')) }},

{{ case_history('dated_versions', closed_on=
    'case when is_finished or is_withdrawn then coalesce(completed_at, returned_at)::date end'
) }},

working_hours as (

    select * from {{ ref('int_working_hours') }}

),

in_hours as (

    select
        versions.case_id,
        versions.received_at,
        cases.processing_days
    from versions
    inner join cases on versions.case_id = cases.case_id
    where versions.is_current and cases.processing_unit = 'working_hour'

),

{{ ends_of_terms(
    'in_hours', 'in_hours.received_at', 'in_hours.processing_days * 60', regime='one_stop'
) }},

enriched as (

    select
        history.*,
        history.status not in ('submitted', 'refused_intake', 'cancelled') as is_judged,
        coalesce(history.deadline_exempt, false) as is_exempt,
        history.status not in ('submitted', 'refused_intake', 'cancelled')
        and not history.is_finished
        and not history.is_withdrawn as is_ongoing,
        cases.is_procedure_known,
        cases.effective_service_level,
        cases.coded_on,
        cases.processing_days,
        cases.processing_unit,
        -- The deadline that the procedure's own term gives, as a count of working days.
        case cases.processing_unit
            when 'working_day' then received_days.working_day_no + cases.processing_days
            else term_days.working_day_no
        end as recomputed_working_day_no,
        due_days.working_day_no as due_working_day_no,
        cases.pause_count,
        case when history.is_current then cases.late_paused_from end as late_paused_from,
        cases.may_be_misread
    from history
    inner join cases on history.case_id = cases.case_id
    left join calendar as received_days on history.received_at::date = received_days.date_day
    left join calendar as due_days on history.offered_due_at::date = due_days.date_day
    left join term_ends on history.case_id = term_ends.case_id
    left join calendar as term_days
        on case cases.processing_unit
            when 'calendar_day' then history.received_at::date + cases.processing_days::int
            when 'working_hour' then term_ends.ends_at::date
        end = term_days.date_day

),

{{ version_issues('enriched', 'dossiers', case_flags(
    'received_at',
    encoding_flag(['dossier_id'] + dossier_texts(), asked='may_be_misread')
) + [
    {
        'code': 'CLOSE_FALLBACK', 'column': 'returned_at', 'value': 'returned_at',
        'condition': 'is_finished and completed_at is null and returned_at is not null',
    },
    {
        'code': 'WITHDRAWN_AFTER_DUE', 'column': 'completed_at', 'value': 'closed_on',
        'condition': 'is_withdrawn and closed_on > effective_due_at::date',
    },
    {
        'code': 'PAUSE_AFTER_DUE', 'column': 'supplement_requested_at', 'value': 'late_paused_from',
        'condition': 'late_paused_from is not null',
    },
    {
        'code': 'APOLOGY_LATE', 'column': 'apology_sent_at', 'value': 'apology_sent_at',
        'condition': 'apology_sent_at::date > effective_due_at::date',
    },
    {
        'code': 'DUE_RECALC_DIFF', 'column': 'due_at', 'value': 'due_at',
        'detail': "processing_days || ' ' || processing_unit",
        'condition': 'is_current and is_judged and pause_count = 0'
            ' and abs(due_working_day_no - recomputed_working_day_no) > 1',
    },
    {
        'code': 'LEVEL2_ONLINE', 'column': 'service_level', 'value': 'effective_service_level',
        'condition': "is_judged and channel = 'online' and effective_service_level = 'level_2'",
    },
    {'code': 'CHANNEL_NULL', 'column': 'channel', 'condition': 'is_judged and channel is null'},
    {
        'code': 'LEVEL_NULL', 'column': 'service_level',
        'condition': 'is_judged and effective_service_level is null',
    },
    {
        'code': 'UNMAPPED_PROCEDURE', 'column': 'procedure_id', 'value': 'procedure_id',
        'condition': 'procedure_id is not null and not is_procedure_known',
    },
    {
        'code': 'CODE_DATE_VS_RECEIVE', 'column': 'dossier_id', 'value': 'dossier_id',
        'detail': 'received_at::date',
        'condition': 'coded_on > received_at::date'
            ' or coded_on < coalesce(submitted_at::date, case'
            " when channel is distinct from 'online' then received_at::date end)",
    },
]) }}

select * from version_issues
