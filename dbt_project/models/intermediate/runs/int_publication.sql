select * from {{ ref('stg_publication') }}
