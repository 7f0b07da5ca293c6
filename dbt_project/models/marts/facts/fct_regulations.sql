select
    case_id,
    regulation_id,
    title,
    issued_at,
    due_at,
    reviewed_at,
    outcome,
    due_at::date as effective_due_on,
    reviewed_on as completed_on,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_regulations') }}
