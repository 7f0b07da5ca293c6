with

source as (

    select * from {{ source('raw', 'dossiers_outside_system') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.unit_id,
        source.month,
        -- numbers
        source.dossiers_outside,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
