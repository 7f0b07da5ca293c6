select
    case_id,
    unit_id,
    product,
    period,
    due_at,
    submitted_at,
    submitted_online,
    accepted,
    due_at::date as effective_due_on,
    submitted_at::date as completed_on,
    version_no,
    valid_from_extract_on,
    valid_to_extract_on,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_unit_reports__versions') }}
