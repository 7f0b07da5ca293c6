select
    case_id,
    milestone_id,
    kind,
    due_at,
    completed_at,
    evidence,
    due_at::date as effective_due_on,
    completed_at::date as completed_on,
    version_no,
    valid_from_extract_on,
    valid_to_extract_on,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_qms_milestones__versions') }}
