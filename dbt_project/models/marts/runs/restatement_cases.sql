select
    measure_id,
    scope,
    basis,
    unit_id,
    period_grain,
    period_start,
    case_id,
    treatment_before,
    treatment_after,
    column_name,
    value_before,
    value_after,
    published_at
from {{ ref('int_restatement_cases') }}
