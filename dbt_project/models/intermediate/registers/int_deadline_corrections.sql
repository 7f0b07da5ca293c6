-- The reviewed deadline of every case that has one; the newest correction holds.
with

rows as (

    select * from {{ ref('stg_deadline_corrections') }}

),

entries as (

    select
        case_id,
        {{ case_key(document_key('versions')) }} as document_id
    from {{ ref('int_documents__versions') }} as versions
    where is_current

),

-- A correction may name one entry of the document register, or the document with all its entries.
addressed as (

    select
        rows.* replace (
            coalesce(entries.case_id, rows.case_id) as case_id
        )
    from rows
    left join entries on rows.dataset = 'documents' and rows.case_id = entries.document_id

),

final as (

    select
        dataset,
        case_id,
        due_at,
        document_no,
        extracted_on as corrected_on,
        source,
        extract_id,
        row_number
    from addressed
    qualify row_number() over (
        partition by dataset, case_id
        order by extracted_on desc, extract_no desc, row_number desc
    ) = 1

)

select * from final
