-- Directives as the coverage measures see them: one without a deadline is excluded, and listed.
select
    * replace (
        coalesce(
            excluded_reason, case when effective_due_on is null then 'no_deadline' end
        ) as excluded_reason
    )
from {{ ref('int_directives__cases') }}
