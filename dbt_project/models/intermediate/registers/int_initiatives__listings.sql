with

{{ resolved_units(ref('stg_initiatives'), unit='rows.unit_id', begun_on='rows.applied_at::date') }},

{{ listings('resolved', key=['initiative_id']) }}

select * from listings
