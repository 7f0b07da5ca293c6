select
    procedure_id,
    procedure_key,
    procedure_name,
    field,
    authority,
    service_level,
    processing_days,
    processing_unit,
    valid_from,
    valid_to,
    source
from {{ ref('int_procedures') }}
