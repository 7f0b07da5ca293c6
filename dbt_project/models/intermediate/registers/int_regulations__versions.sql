{{ versions(ref('int_regulations__listings'), corrected=no_corrections()) }}
