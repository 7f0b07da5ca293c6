with

rows as (

    select * from {{ ref('stg_regulations') }}

),

{{ listings('rows', key=['regulation_id'], content=[
    'title', 'issued_at', 'due_at', 'reviewed_at', 'outcome', 'source',
]) }}

select * from listings
