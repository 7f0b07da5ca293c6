with

source as (

    select * from {{ source('raw', 'deadline_corrections') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.dataset,
        source.case_id,
        -- strings
        source.document_no,
        -- instants and dates
        source.due_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
