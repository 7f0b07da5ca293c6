select * from {{ ref('stg_restatements') }}
