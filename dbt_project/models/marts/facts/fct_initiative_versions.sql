select
    case_id,
    initiative_id,
    title,
    unit_id,
    applied_at,
    decided_at,
    outcome,
    null::date as effective_due_on,
    decided_at::date as completed_on,
    version_no,
    valid_from_extract_on,
    valid_to_extract_on,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_initiatives__versions') }}
