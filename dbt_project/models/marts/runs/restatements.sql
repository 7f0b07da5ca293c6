select
    measure_id,
    scope,
    basis,
    unit_id,
    period_grain,
    period_start,
    previously_published_at,
    numerator_before,
    denominator_before,
    numerator_after,
    denominator_after,
    published_at
from {{ ref('int_restatements') }}
