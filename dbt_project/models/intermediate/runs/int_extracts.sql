select * from {{ ref('stg_extracts') }}
