select * from {{ ref('stg_ingest_issues') }}
