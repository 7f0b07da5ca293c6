select
    case_id,
    initiative_id,
    title,
    unit_id,
    applied_at,
    decided_at,
    outcome,
    null::date as effective_due_on,
    decided_on as completed_on,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_initiatives') }}
