-- Milestones of the quality management system that fall due in the year, up to the period's end.
with

milestones as (

    select * from {{ ref('int_qms_milestones') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

judged as (

    select
        milestones.case_id,
        '(unknown)' as unit_id,
        'qms' as scope,
        'default' as basis,
        periods.period_grain,
        periods.period_start,
        coalesce(milestones.completed_on <= periods.evaluated_on, false) as is_completed,
        milestones.has_evidence as has_evidence_text,
        null::date as received_on,
        milestones.due_on,
        milestones.completed_on,
        false as has_evidence
    from milestones
    inner join periods
        on milestones.due_on between periods.year_start and periods.period_end

),

treated as (

    select
        *,
        case when is_completed and has_evidence_text then 'met' else 'failed' end as treatment,
        case
            when not is_completed then 'not_completed'
            when not has_evidence_text then 'without_evidence'
            else 'completed_with_evidence'
        end as reason
    from judged

),

final as (

    select
        {{ measure_columns('01') }}
    from treated

)

select * from final
