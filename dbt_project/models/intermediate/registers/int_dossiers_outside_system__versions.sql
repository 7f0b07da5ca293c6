{{ versions(ref('int_dossiers_outside_system__listings'), corrected=no_corrections()) }}
