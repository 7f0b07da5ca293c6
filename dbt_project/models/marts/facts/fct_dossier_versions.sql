with

{{ dated_versions(
    ref('int_dossiers__versions'), ref('int_dossiers__version_deadlines')
) }},

final as (

    select
        case_id,
        dossier_id,
        procedure_id,
        procedure_name,
        field,
        unit_id,
        unit_name,
        authority,
        channel,
        service_level,
        submitted_at,
        received_at,
        due_at,
        completed_at,
        returned_at,
        status,
        supplement_requested_at,
        supplement_received_at,
        supplement_count,
        apology_sent_at,
        apology_due_at,
        deadline_exempt,
        handled_electronically,
        process_conforming,
        effective_due_at::date as effective_due_on,
        case
            when is_finished or is_withdrawn then coalesce(completed_at, returned_at)::date
        end as completed_on,
        version_no,
        valid_from_extract_on,
        valid_to_extract_on,
        last_listed_on,
        source,
        extract_id,
        row_number
    from dated_versions

)

select * from final
