{{ versions(ref('int_documents__listings'), content=[
    'role', 'symbol', 'issuer', 'issued_on', 'arrived_at', 'urgency', 'due_at', 'completed_at',
    'status', 'storage', 'source',
], corrected=newly_corrected('documents'), corrected_as=case_key(document_key('known'))) }}
