with

source as (

    select * from {{ source('raw', 'units') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.unit_id,
        source.parent_unit_id,
        -- strings
        source.unit_name,
        source.aliases,
        -- booleans
        source.is_office,
        source.in_qms_scope,
        -- instants and dates
        source.valid_from,
        source.valid_to,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
