select * from {{ source('ops', 'batch') }}
