select * from {{ source('ops', 'sources') }}
