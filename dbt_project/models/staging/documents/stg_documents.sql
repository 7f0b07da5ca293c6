with

source as (

    select * from {{ source('raw', 'documents') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.register_year,
        source.register_book,
        source.arrival_no,
        source.office_id,
        source.unit_id,
        -- strings
        source.role,
        source.symbol,
        source.issuer,
        source.urgency,
        source.status,
        source.storage,
        -- instants and dates
        source.issued_on,
        source.arrived_at,
        source.due_at,
        source.completed_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
