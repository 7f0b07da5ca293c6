select * from {{ source('ops', 'publication') }}
