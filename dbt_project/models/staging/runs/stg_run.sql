select * from {{ source('ops', 'run') }}
