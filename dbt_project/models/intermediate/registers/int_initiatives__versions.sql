{{ versions(ref('int_initiatives__listings'), corrected=no_corrections()) }}
