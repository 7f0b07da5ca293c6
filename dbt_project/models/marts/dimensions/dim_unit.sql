select
    unit_id,
    unit_name,
    aliases,
    parent_unit_id,
    is_office,
    is_office_unit,
    in_qms_scope,
    valid_from,
    valid_to,
    source
from {{ ref('int_units') }}
