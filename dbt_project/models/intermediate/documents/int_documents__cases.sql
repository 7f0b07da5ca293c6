-- One row per incoming document, judged on the flow of its lead units.
with

entries as (

    select entries.*
    from {{ ref('int_documents__rows') }} as entries
    semi join {{ ref('int_documents__changed') }} as changed
        on entries.document_id = changed.case_id

),

leads as (

    select
        *,
        row_number() over (
            partition by document_id
            -- Who is not done yet finishes last.
            order by
                coalesce(closed_at, undated_from::timestamp, 'infinity'::timestamp) desc,
                unit_id
        ) = 1 as is_last_to_finish
    from entries
    where role = 'lead'

),

lead_flows as (

    select
        document_id,
        min(effective_due_at) as effective_due_at,
        bool_and(is_finished) as is_finished,
        case
            when bool_and(is_finished and closed_at is not null) then max(closed_at)
        end as closed_at,
        case when bool_and(is_finished) then max(undated_from) end as undated_from,
        min(unit_id) filter (where is_last_to_finish) as unit_id,
        min(received_on) as received_on,
        case
            when bool_or(storage = 'reference') then 'reference_only'
            when bool_or(storage = 'no_action') then 'no_action'
            when bool_or(status = 'returned') then 'returned'
            when bool_or(status = 'recalled') then 'recalled'
        end as excluded_reason,
        min(precision) as precision
    from leads
    group by document_id

),

documents as (

    select
        document_id,
        max(batch_no) as batch_no,
        min(received_on) as received_on,
        min(precision) as precision
    from entries
    group by document_id

),

joined as (

    select
        documents.document_id as case_id,
        documents.batch_no,
        coalesce(lead_flows.unit_id, '(unknown)') as unit_id,
        coalesce(lead_flows.received_on, documents.received_on) as received_on,
        lead_flows.effective_due_at,
        lead_flows.closed_at,
        lead_flows.undated_from,
        coalesce(lead_flows.is_finished, false) as is_finished,
        case
            when lead_flows.document_id is null then 'no_lead'
            else lead_flows.excluded_reason
        end as excluded_reason,
        documents.precision,
        {{ no_suspensions() }} as suspensions,
        false as is_withdrawn,
        false as is_exempt
    from documents
    left join lead_flows on documents.document_id = lead_flows.document_id

),

dated as (

    select
        *,
        {{ case_dates() }}
    from joined

),

final as (

    select
        *,
        {{ decided_on() }} as decided_on
    from dated

)

{{ with_replaced_days('final') }}
