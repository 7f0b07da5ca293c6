with

{{ dated_versions(
    ref('int_directives__versions'), ref('int_directives__version_deadlines')
) }},

final as (

    select
        case_id,
        directive_id,
        unit_id,
        issuer,
        symbol,
        content,
        assigned_at,
        due_at,
        extension_approved_at,
        extended_due_at,
        completed_at,
        status,
        last_tracked_at,
        last_urged_at,
        effective_due_at::date as effective_due_on,
        case when is_finished then completed_at::date end as completed_on,
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
