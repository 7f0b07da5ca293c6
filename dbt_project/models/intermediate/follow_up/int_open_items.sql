-- Every item somebody still has to finish, as of the run, whatever its dataset.
with

run as (

    select * from {{ ref('int_run') }}

),

dossiers as (

    select
        'dossiers' as dataset,
        cases.case_id,
        cases.unit_id,
        versions.procedure_name as title,
        cases.effective_due_on as due_on,
        cases.overdue_on,
        {{ is_suspended_on('cases.suspensions', 'run.as_of') }} as is_suspended,
        null::date as last_urged_on
    from {{ ref('int_dossiers__cases') }} as cases
    cross join run
    inner join {{ ref('int_dossiers__versions') }} as versions
        on cases.case_id = versions.case_id and versions.is_current
    where
        cases.excluded_reason is null
        and cases.received_on <= run.as_of
        and coalesce(cases.completed_on > run.as_of, true)
        and coalesce(cases.undated_from > run.as_of, true)
        and not cases.is_exempt

),

symbols as (

    select
        document_id,
        min(symbol) as title
    from {{ ref('int_documents__rows') }}
    group by document_id

),

documents as (

    select
        'documents' as dataset,
        cases.case_id,
        cases.unit_id,
        symbols.title,
        cases.effective_due_on as due_on,
        cases.overdue_on,
        false as is_suspended,
        null::date as last_urged_on
    from {{ ref('int_documents__cases') }} as cases
    cross join run
    left join symbols on cases.case_id = symbols.document_id
    where
        cases.excluded_reason is null
        and cases.received_on <= run.as_of
        and coalesce(cases.completed_on > run.as_of, true)
        and coalesce(cases.undated_from > run.as_of, true)

),

directives as (

    select
        'directives' as dataset,
        cases.case_id,
        cases.unit_id,
        cases.content as title,
        cases.effective_due_on as due_on,
        cases.overdue_on,
        false as is_suspended,
        list_max(list_filter(cases.urged_on, lambda day: day <= run.as_of)) as last_urged_on
    from {{ ref('int_directives__cases') }} as cases
    cross join run
    where
        cases.excluded_reason is null
        and cases.received_on <= run.as_of
        and coalesce(cases.completed_on > run.as_of, true)
        and coalesce(cases.undated_from > run.as_of, true)

),

programme_tasks as (

    select
        'programme_tasks' as dataset,
        cases.case_id,
        cases.unit_id,
        cases.title,
        cases.effective_due_on as due_on,
        cases.overdue_on,
        false as is_suspended,
        list_max(list_filter(cases.urged_on, lambda day: day <= run.as_of)) as last_urged_on
    from {{ ref('int_programme_tasks__cases') }} as cases
    cross join run
    where
        cases.received_on <= run.as_of
        and coalesce(cases.removed_on > run.as_of, true)
        and coalesce(cases.completed_on > run.as_of, true)

),

unit_reports as (

    select
        'unit_reports' as dataset,
        reports.case_id,
        reports.unit_id,
        reports.product || ' ' || reports.period as title,
        reports.due_on,
        reports.due_on + 1 as overdue_on,
        false as is_suspended,
        null::date as last_urged_on
    from {{ ref('int_unit_reports') }} as reports
    cross join run
    where coalesce(reports.submitted_on > run.as_of, true)

),

qms_milestones as (

    select
        'qms_milestones' as dataset,
        milestones.case_id,
        null::varchar as unit_id,
        milestones.kind as title,
        milestones.due_on,
        milestones.due_on + 1 as overdue_on,
        false as is_suspended,
        null::date as last_urged_on
    from {{ ref('int_qms_milestones') }} as milestones
    cross join run
    where coalesce(milestones.completed_on > run.as_of, true)

),

final as (

    select * from dossiers
    union all
    select * from documents
    union all
    select * from directives
    union all
    select * from programme_tasks
    union all
    select * from unit_reports
    union all
    select * from qms_milestones

)

select * from final
