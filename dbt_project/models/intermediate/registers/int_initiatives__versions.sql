{{ versions(ref('int_initiatives__listings'), content=[
    'title', 'unit_id', 'applied_at', 'decided_at', 'outcome', 'source',
], corrected=no_corrections()) }}
