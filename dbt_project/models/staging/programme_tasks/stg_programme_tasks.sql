with

source as (

    select * from {{ source('raw', 'programme_tasks') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.task_id,
        source.unit_id,
        -- strings
        source.kind,
        source.title,
        -- numbers
        source.programme_year,
        -- instants and dates
        source.added_at,
        source.removed_at,
        source.due_at,
        source.completed_at,
        source.last_tracked_at,
        source.last_urged_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
