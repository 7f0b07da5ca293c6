-- What is wrong or suspicious in the history of a directive, one row per directive and issue code.
{{ case_issues(
    'directives',
    begun_at='assigned_at',
    is_judged="status not in ('withdrawn', 'standing')",
    is_ongoing="status = 'in_progress'",
    texts=['directive_id', 'unit_id', 'symbol', 'content']
) }}

select * from version_issues
