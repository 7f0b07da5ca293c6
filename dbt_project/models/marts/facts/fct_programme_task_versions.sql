with

{{ dated_versions(
    ref('int_programme_tasks__versions'), ref('int_programme_tasks__version_deadlines')
) }},

final as (

    select
        case_id,
        task_id,
        programme_year,
        kind,
        title,
        unit_id,
        added_at,
        removed_at,
        due_at,
        completed_at,
        last_tracked_at,
        last_urged_at,
        effective_due_at::date as effective_due_on,
        completed_at::date as completed_on,
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
