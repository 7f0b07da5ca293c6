with

source as (

    select * from {{ source('raw', 'regulations') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.regulation_id,
        -- strings
        source.title,
        source.outcome,
        -- instants and dates
        source.issued_at,
        source.due_at,
        source.reviewed_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
