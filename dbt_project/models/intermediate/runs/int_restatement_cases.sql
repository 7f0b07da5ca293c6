select * from {{ ref('stg_restatement_cases') }}
