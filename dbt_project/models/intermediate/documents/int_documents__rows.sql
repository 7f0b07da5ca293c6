-- One row per entry of the incoming register (a document and a unit): current state, own deadline.
with

versions as (

    select * from {{ ref('int_documents__histories') }}

),

finished_runs as (

    {{ last_run_started('versions', 'is_finished', asked='asked.completed_at is null') }}

),

{{ effective_deadlines(
    'versions',
    ref('int_documents__deadline_offers'),
    ref('int_documents__deadline_steps'),
    dataset='documents'
) }},

final as (

    select
        versions.*,
        {{ case_key(document_key()) }} as document_id,
        {{ effective_deadline('versions') }},
        versions.arrived_at::date as received_on,
        case when versions.is_finished then versions.completed_at end as closed_at,
        finished_runs.run_started_on as undated_from
    from versions
    {{ join_deadlines('versions') }}
    left join finished_runs on versions.case_id = finished_runs.case_id
    where versions.is_current

)

select * from final
