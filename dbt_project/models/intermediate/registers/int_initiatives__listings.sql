with

rows as (

    select * from {{ ref('stg_initiatives') }}

),

{{ resolved_units('rows', unit='rows.unit_id', begun_on='rows.applied_at::date') }},

{{ listings('resolved', key=['initiative_id'], content=[
    'title', 'unit_id', 'applied_at', 'decided_at', 'outcome', 'source',
]) }}

select * from listings
