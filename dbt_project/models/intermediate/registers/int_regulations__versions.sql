with

rows as (

    select * from {{ ref('stg_regulations') }}

),

{{ versions('rows', key=['regulation_id'], content=[
    'title', 'issued_at', 'due_at', 'reviewed_at', 'outcome', 'source',
]) }}

select * from versions
