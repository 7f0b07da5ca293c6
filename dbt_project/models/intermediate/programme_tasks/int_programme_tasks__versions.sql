{{ versions(ref('int_programme_tasks__listings'), content=[
    'programme_year', 'kind', 'title', 'unit_id', 'added_at', 'removed_at', 'due_at',
    'completed_at', 'last_tracked_at', 'last_urged_at', 'source',
], corrected=newly_corrected('programme_tasks')) }}
