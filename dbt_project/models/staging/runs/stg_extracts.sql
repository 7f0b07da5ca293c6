with

extracts as (

    select * from {{ source('ops', 'extract_log') }}

),

sources as (

    select * from {{ source('ops', 'sources') }}

),

final as (

    select
        extracts.extract_id,
        extracts.source,
        extracts.dataset,
        extracts.file_name,
        extracts.sha256,
        extracts.size_bytes,
        extracts.extracted_on,
        extracts.rows_read,
        extracts.rows_accepted,
        extracts.rows_rejected,
        extracts.rows_duplicate,
        extracts.status,
        extracts.error,
        extracts.loaded_at,
        extracts.arrival_no,
        extracts.mode,
        extracts.period_start,
        extracts.period_end,
        coalesce(sources.precision, 'date') as precision,
        sources.cadence

    from extracts
    left join sources on extracts.source = sources.source

)

select * from final
