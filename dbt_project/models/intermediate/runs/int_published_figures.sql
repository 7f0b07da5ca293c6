select * from {{ ref('stg_published_figures') }}
