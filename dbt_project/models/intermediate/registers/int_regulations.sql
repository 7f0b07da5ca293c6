-- The current state of every regulation of the Office.
select
    *,
    issued_at::date as issued_on,
    reviewed_at::date as reviewed_on
from {{ ref('int_regulations__versions') }}
where is_current
