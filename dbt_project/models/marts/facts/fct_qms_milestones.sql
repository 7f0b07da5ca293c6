select
    case_id,
    milestone_id,
    kind,
    due_at,
    completed_at,
    evidence,
    due_on as effective_due_on,
    completed_on,
    has_evidence,
    last_listed_on,
    source,
    extract_id,
    row_number
from {{ ref('int_qms_milestones') }}
