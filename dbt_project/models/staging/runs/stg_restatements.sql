select * from {{ source('memory', 'restatements') }}
