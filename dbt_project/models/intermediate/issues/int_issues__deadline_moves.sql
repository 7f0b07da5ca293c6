-- Deadlines moved later that nothing in the data explains.
with

{% for dataset in ['dossiers', 'documents', 'directives', 'programme_tasks'] -%}
{{ dataset }} as (

    select
        moves.*,
        cases.source,
        cases.extract_id,
        cases.row_number
    from {{ ref('int_' ~ dataset ~ '__deadline_moves') }} as moves
    inner join {{ ref('int_' ~ dataset ~ '__versions') }} as cases
        on moves.case_id = cases.case_id and cases.is_current

),

{% endfor -%}
moves as (

    select * from dossiers
    union all
    select * from documents
    union all
    select * from directives
    union all
    select * from programme_tasks

),

final as (

    select
        'DUE_MOVED_UNEXPLAINED' as issue_code,
        dataset,
        source,
        case_id,
        unit_id,
        extract_id,
        row_number,
        'due_at' as column_name,
        due_after::varchar as raw_value,
        due_before::varchar || ' -> ' || due_after::varchar as detail,
        changed_on as first_seen_on,
        true as is_open
    from moves
    where explanation is null

)

select * from final
