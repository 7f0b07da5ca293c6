{{ versions(ref('int_regulations__listings'), content=[
    'title', 'issued_at', 'due_at', 'reviewed_at', 'outcome', 'source',
], corrected=no_corrections()) }}
