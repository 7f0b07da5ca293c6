select
    extract_id,
    source,
    file_name,
    row_number,
    reason,
    column_name,
    raw_value
from {{ ref('int_rejected_rows') }}
