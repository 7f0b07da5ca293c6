-- What is wrong or suspicious in the history of a task, one row per task and issue code.
{{ case_issues(
    'programme_tasks',
    begun_at='added_at',
    is_judged='removed_at is null',
    is_ongoing='removed_at is null and completed_at is null',
    texts=['task_id', 'unit_id', 'kind', 'title']
) }}

select * from version_issues
