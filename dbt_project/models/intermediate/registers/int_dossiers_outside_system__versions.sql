{{ versions(ref('int_dossiers_outside_system__listings'), content=[
    'dossiers_outside', 'source',
], corrected=no_corrections()) }}
