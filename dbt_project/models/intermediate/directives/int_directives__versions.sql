{{ versions(ref('int_directives__listings'), content=[
    'issuer', 'symbol', 'content', 'assigned_at', 'due_at', 'extension_approved_at',
    'extended_due_at', 'completed_at', 'status', 'last_tracked_at', 'last_urged_at', 'source',
], corrected=newly_corrected('directives')) }}
