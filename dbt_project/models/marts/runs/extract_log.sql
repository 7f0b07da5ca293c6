select
    extract_id,
    source,
    dataset,
    file_name,
    sha256,
    size_bytes,
    extracted_on,
    rows_read,
    rows_accepted,
    rows_rejected,
    rows_duplicate,
    status,
    error,
    loaded_at,
    period_start,
    period_end
from {{ ref('int_extracts') }}
