-- The current state of every initiative.
select
    *,
    applied_at::date as applied_on,
    decided_at::date as decided_on
from {{ ref('int_initiatives__versions') }}
where is_current
