with

{{ resolved_units(ref('stg_unit_reports'), unit='rows.unit_id', begun_on='rows.due_at::date') }},

{{ listings('resolved', key=['unit_id', 'product', 'period']) }}

select * from listings
