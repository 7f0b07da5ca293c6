with

source as (

    select * from {{ source('raw', 'procedures') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.procedure_id,
        -- strings
        source.procedure_name,
        source.field,
        source.authority,
        source.service_level,
        source.processing_unit,
        -- numbers
        source.processing_days,
        -- instants and dates
        source.valid_from,
        source.valid_to,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
