with

source as (

    select * from {{ source('raw', 'unit_reports') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.unit_id,
        source.product,
        source.period,
        -- booleans
        source.submitted_online,
        source.accepted,
        -- instants and dates
        source.due_at,
        source.submitted_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
