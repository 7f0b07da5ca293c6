select * from {{ source('ops', 'pending') }}
