with

source as (

    select * from {{ source('raw', 'dossiers') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}

),

final as (

    select
        -- ids
        source.dossier_id,
        source.procedure_id,
        source.unit_id,
        -- strings
        source.procedure_name,
        source.field,
        source.unit_name,
        source.authority,
        source.channel,
        source.service_level,
        source.status,
        -- numbers
        source.supplement_count,
        -- booleans
        source.deadline_exempt,
        source.handled_electronically,
        source.process_conforming,
        -- instants and dates
        source.submitted_at,
        source.received_at,
        source.due_at,
        source.completed_at,
        source.returned_at,
        source.supplement_requested_at,
        source.supplement_received_at,
        source.apology_sent_at,
        source.apology_due_at,
        -- lineage
        {{ lineage_columns() }}

    from source
    inner join extracts on source._extract_id = extracts.extract_id

)

select * from final
