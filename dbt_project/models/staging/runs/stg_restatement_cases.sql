select * from {{ source('memory', 'restatement_cases') }}
