select * from {{ ref('stg_rejected_rows') }}
