-- One row per entry of the incoming register (a document and a unit): current state, own deadline.
with

versions as (

    select * from {{ ref('int_documents__versions') }}

),

finished_runs as (

    {{ last_run_started('versions', 'is_finished') }}

),

{{ effective_deadlines(
    ref('int_documents__deadline_offers'), ref('int_documents__deadline_steps'), dataset='documents'
) }},

final as (

    select
        versions.*,
        {{ case_key(document_key()) }} as document_id,
        effective_deadlines.effective_due_at,
        effective_deadlines.uncorrected_due_at,
        versions.arrived_at::date as received_on,
        case when versions.is_finished then versions.completed_at end as closed_at,
        case
            when versions.is_finished and versions.completed_at is null
                then finished_runs.run_started_on
        end as undated_from
    from versions
    left join effective_deadlines on versions.case_id = effective_deadlines.case_id
    left join finished_runs on versions.case_id = finished_runs.case_id
    where versions.is_current

)

select * from final
