with

issues as (

    {%- for part in [
        'ingest', 'dossiers', 'documents', 'directives', 'programme_tasks', 'registers',
        'deadline_moves', 'put_aside', 'zombies', 'key_format', 'unlisted_cases', 'units', 'extracts',
    ] %}
    select * from {{ ref('int_issues__' ~ part) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

codes as (

    select * from {{ ref('issue_codes') }}

),

final as (

    select
        issues.issue_code,
        codes.severity,
        issues.dataset,
        issues.source,
        issues.case_id,
        issues.unit_id,
        issues.extract_id,
        issues.row_number,
        issues.column_name,
        issues.raw_value,
        issues.detail,
        issues.first_seen_on,
        issues.is_open
    from issues
    left join codes on issues.issue_code = codes.issue_code

)

select * from final
