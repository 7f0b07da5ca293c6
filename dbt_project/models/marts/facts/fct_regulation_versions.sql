select
    case_id,
    regulation_id,
    title,
    issued_at,
    due_at,
    reviewed_at,
    outcome,
    due_at::date as effective_due_on,
    reviewed_at::date as completed_on,
    version_no,
    valid_from_extract_on,
    valid_to_extract_on,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_regulations__versions') }}
