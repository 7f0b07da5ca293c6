select * from {{ source('memory', 'published_figures') }}
