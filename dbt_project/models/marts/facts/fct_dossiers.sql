-- The current version of every dossier beside what its treatment depends on.
with

versions as (

    select * from {{ ref('int_dossiers__versions') }}
    where is_current

),

cases as (

    select * from {{ ref('int_dossiers__cases') }}

),

final as (

    select
        versions.case_id,
        versions.dossier_id,
        versions.procedure_id,
        versions.procedure_name,
        versions.field,
        versions.unit_id,
        versions.unit_name,
        versions.authority,
        versions.channel,
        versions.service_level,
        versions.submitted_at,
        versions.received_at,
        versions.due_at,
        versions.completed_at,
        versions.returned_at,
        versions.status,
        versions.supplement_requested_at,
        versions.supplement_received_at,
        versions.supplement_count,
        versions.apology_sent_at,
        versions.apology_due_at,
        versions.deadline_exempt,
        versions.handled_electronically,
        versions.process_conforming,
        cases.effective_due_at,
        cases.effective_due_on,
        cases.uncorrected_due_at,
        cases.completed_on,
        cases.undated_from,
        cases.received_on,
        cases.decided_on,
        cases.is_in_time,
        cases.effective_authority,
        cases.effective_service_level,
        cases.is_qms_authority,
        cases.is_qms_dossier,
        cases.is_exempt,
        cases.is_conforming,
        cases.pause_count,
        cases.excluded_reason,
        versions.is_unit_known,
        versions.last_listed_on,
        versions.source,
        versions.extract_id,
        versions.row_number
    from versions
    inner join cases on versions.case_id = cases.case_id

)

select * from final
