-- Documents that were put aside only after their deadline: one row per document.
with

versions as (

    select * from {{ ref('int_documents__versions') }}

),

documents as (

    select * from {{ ref('int_documents__cases') }}

),

left_out_runs as (

    {{ last_run_started('versions', 'is_left_out', asked='true') }}

),

-- The day on which a lead unit put the document aside: by its own date, else first seen so.
put_aside as (

    select
        leads.document_id,
        min(coalesce(leads.closed_at::date, left_out_runs.run_started_on)) as left_on,
        max_by(leads.source, leads.row_number) as source,
        max_by(leads.unit_id, leads.row_number) as unit_id,
        max_by(leads.extract_id, leads.row_number) as extract_id,
        max(leads.row_number) as row_number,
        max_by(coalesce(leads.storage, leads.status), leads.row_number) as raw_value
    from {{ ref('int_documents__rows') }} as leads
    inner join left_out_runs on leads.case_id = left_out_runs.case_id
    where leads.role = 'lead'
    group by leads.document_id

),

final as (

    select
        'REF_AFTER_DUE' as issue_code,
        'documents' as dataset,
        put_aside.source,
        put_aside.document_id as case_id,
        put_aside.unit_id,
        put_aside.extract_id,
        put_aside.row_number,
        'storage' as column_name,
        put_aside.raw_value,
        documents.effective_due_on::varchar || ' < ' || put_aside.left_on::varchar as detail,
        put_aside.left_on as first_seen_on,
        true as is_open
    from put_aside
    inner join documents on put_aside.document_id = documents.case_id
    where documents.effective_due_on < put_aside.left_on

)

select * from final
