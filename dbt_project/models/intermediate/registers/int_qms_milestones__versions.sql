{{ versions(ref('int_qms_milestones__listings'), corrected=no_corrections()) }}
