{{ versions(ref('int_dossiers__listings'), content=[
    'procedure_id', 'procedure_name', 'field', 'unit_id', 'unit_name', 'authority', 'channel',
    'service_level', 'submitted_at', 'received_at', 'due_at', 'completed_at', 'returned_at',
    'status', 'supplement_requested_at', 'supplement_received_at', 'supplement_count',
    'apology_sent_at', 'apology_due_at', 'deadline_exempt', 'handled_electronically',
    'process_conforming', 'source',
], corrected=newly_corrected('dossiers'), keys='(select dossier_id as case_id from ' ~ ref('stg_dossiers') ~ ')') }}
