select * from {{ source('ops', 'ingest_issues') }}
