-- The current state of every milestone of the quality management system.
select
    *,
    due_at::date as due_on,
    completed_at::date as completed_on,
    coalesce(trim(evidence), '') <> '' as has_evidence
from {{ ref('int_qms_milestones__versions') }}
where is_current
