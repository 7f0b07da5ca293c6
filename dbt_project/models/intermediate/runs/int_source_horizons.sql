-- How far the deliveries of each source reach: after `known_until` nothing is known of its cases.
with

sources as (

    select * from {{ ref('stg_sources') }}

),

extracts as (

    select * from {{ ref('stg_extracts') }}
    where status = 'loaded'

),

delivered as (

    select
        source,
        max_by(dataset, (extracted_on, arrival_no)) as dataset,
        max_by(mode, (extracted_on, arrival_no)) as mode,
        min(extracted_on) as first_extract_on,
        max(extracted_on) as known_until
    from extracts
    group by source

),

final as (

    select
        coalesce(sources.source, delivered.source) as source,
        coalesce(sources.dataset, delivered.dataset) as dataset,
        coalesce(sources.mode, delivered.mode) as mode,
        sources.cadence,
        sources.ends_on,
        delivered.first_extract_on,
        delivered.known_until
    from sources
    full join delivered on sources.source = delivered.source

)

select * from final
