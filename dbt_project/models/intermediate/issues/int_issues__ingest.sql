-- What reading the extracts found: quarantined rows, and oddities of rows that were kept.
with

rejections as (

    select * from {{ ref('int_rejected_rows') }}

),

findings as (

    select * from {{ ref('int_ingest_issues') }}

),

extracts as (

    select * from {{ ref('int_extracts') }}

),

-- An issue is open while no newer extract of its source has been loaded.
newest as (

    select
        source,
        max(extracted_on) as extracted_on
    from extracts
    where status = 'loaded'
    group by source

),

stacked as (

    select
        code as issue_code,
        extract_id,
        case_id,
        row_number,
        column_name,
        raw_value,
        reason as detail
    from rejections

    union all

    select
        issue_code,
        extract_id,
        case_id,
        row_number,
        column_name,
        raw_value,
        detail
    from findings

),

final as (

    select
        stacked.issue_code,
        extracts.dataset,
        extracts.source,
        stacked.case_id,
        null::varchar as unit_id,
        stacked.extract_id,
        stacked.row_number,
        stacked.column_name,
        stacked.raw_value,
        stacked.detail,
        extracts.extracted_on as first_seen_on,
        extracts.status = 'loaded' and extracts.extracted_on >= newest.extracted_on as is_open
    from stacked
    inner join extracts on stacked.extract_id = extracts.extract_id
    left join newest on extracts.source = newest.source

)

select * from final
