{{ versions(ref('int_unit_reports__listings'), content=[
    'due_at', 'submitted_at', 'submitted_online', 'accepted', 'source',
], corrected=no_corrections()) }}
