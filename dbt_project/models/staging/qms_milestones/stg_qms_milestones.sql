with

source as (

    select * from {{ source('raw', 'qms_milestones') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.milestone_id,
        -- strings
        source.kind,
        source.evidence,
        -- instants and dates
        source.due_at,
        source.completed_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
