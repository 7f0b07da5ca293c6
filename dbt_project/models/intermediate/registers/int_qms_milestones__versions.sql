{{ versions(ref('int_qms_milestones__listings'), content=[
    'kind', 'due_at', 'completed_at', 'evidence', 'source',
], corrected=no_corrections()) }}
