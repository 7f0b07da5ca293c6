with

source as (

    select * from {{ source('raw', 'initiatives') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.initiative_id,
        source.unit_id,
        -- strings
        source.title,
        source.outcome,
        -- instants and dates
        source.applied_at,
        source.decided_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
