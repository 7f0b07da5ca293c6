with

rows as (

    select * from {{ ref('stg_unit_reports') }}

),

{{ resolved_units('rows', unit='rows.unit_id', begun_on='rows.due_at::date') }},

{{ listings('resolved', key=['unit_id', 'product', 'period'], content=[
    'due_at', 'submitted_at', 'submitted_online', 'accepted', 'source',
]) }}

select * from listings
