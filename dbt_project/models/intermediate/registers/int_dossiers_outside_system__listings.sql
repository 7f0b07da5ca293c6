with

{{ resolved_units(
    ref('stg_dossiers_outside_system'), unit='rows.unit_id', begun_on="(rows.month || '-01')::date"
) }},

{{ listings('resolved', key=['unit_id', 'month']) }}

select * from listings
