with

units as (

    select * from {{ ref('int_units') }}

),

names as (

    select
        unit_id,
        unit_name as name,
        valid_from,
        valid_to
    from units

    union all

    select
        unit_id,
        unnest(string_split(aliases, ';')) as name,
        valid_from,
        valid_to
    from units
    where aliases is not null

),

final as (

    select distinct
        unit_id,
        {{ name_key('name') }} as name_key,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from names
    where trim(name) <> ''

)

select * from final
