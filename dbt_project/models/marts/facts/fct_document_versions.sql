with

{{ dated_versions(
    ref('int_documents__versions'), ref('int_documents__version_deadlines')
) }},

final as (

    select
        case_id,
        register_year,
        register_book,
        arrival_no,
        office_id,
        unit_id,
        role,
        symbol,
        issuer,
        issued_on,
        arrived_at,
        urgency,
        due_at,
        completed_at,
        status,
        storage,
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
