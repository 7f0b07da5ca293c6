-- What is wrong or suspicious in the register of incoming documents: one row per entry and issue
-- code.
{{ case_issues(
    'documents',
    begun_at='arrived_at',
    is_judged="role = 'lead' and not is_left_out",
    is_ongoing="role = 'lead' and not is_left_out and not is_finished",
    texts=['register_book', 'arrival_no', 'office_id', 'unit_id', 'symbol', 'issuer']
) }}

select * from version_issues
