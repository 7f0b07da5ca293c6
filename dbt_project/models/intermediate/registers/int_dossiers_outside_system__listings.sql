with

rows as (

    select * from {{ ref('stg_dossiers_outside_system') }}

),

{{ resolved_units('rows', unit='rows.unit_id', begun_on="(rows.month || '-01')::date") }},

{{ listings('resolved', key=['unit_id', 'month'], content=[
    'dossiers_outside', 'source',
]) }}

select * from listings
