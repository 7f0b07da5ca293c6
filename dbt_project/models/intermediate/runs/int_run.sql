select * from {{ ref('stg_run') }}
