select
    case_id,
    unit_id,
    product,
    period,
    due_at,
    submitted_at,
    submitted_online,
    accepted,
    due_on as effective_due_on,
    submitted_on as completed_on,
    is_fulfilled,
    is_unit_known,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_unit_reports') }}
