select * from {{ ref('int_published_figures') }}
