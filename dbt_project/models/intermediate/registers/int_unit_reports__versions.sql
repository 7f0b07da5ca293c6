{{ versions(ref('int_unit_reports__listings'), corrected=no_corrections()) }}
