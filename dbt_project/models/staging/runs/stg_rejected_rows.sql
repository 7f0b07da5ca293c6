select * from {{ source('ops', 'rejected_rows') }}
