with

source as (

    select * from {{ source('raw', 'directives') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.directive_id,
        source.unit_id,
        -- strings
        source.issuer,
        source.symbol,
        source.content,
        source.status,
        -- instants and dates
        source.assigned_at,
        source.due_at,
        source.extension_approved_at,
        source.extended_due_at,
        source.completed_at,
        source.last_tracked_at,
        source.last_urged_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
