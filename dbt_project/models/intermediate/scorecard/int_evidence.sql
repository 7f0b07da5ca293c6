-- Which figures of 01, 05a and 07a rest on evidence; figures of other measures always do.
with

counts as (

    select * from {{ ref('int_measure_counts') }}

),

outside as (

    select * from {{ ref('int_outside_counts') }}

),

milestones as (

    select * from {{ ref('int_qms_milestones') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

-- Whether any dossier counted carries what conformity is judged by.
conformity as (

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        unit_id,
        is_total
    from counts
    where measure_id = '05a' and evidence_count > 0

),

-- Whether anybody reported what was handled outside the system.
control_totals as (

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        unit_id,
        is_total
    from outside

),

-- Whether milestones were set for the year; for the year itself, of all five kinds.
checklist as (

    select
        '01' as measure_id,
        'qms' as scope,
        'default' as basis,
        periods.period_grain,
        periods.period_start,
        null::varchar as unit_id,
        true as is_total
    from periods
    inner join milestones on periods.year_start = date_trunc('year', milestones.due_on)
    group by periods.period_grain, periods.period_start
    having periods.period_grain <> 'year' or count(distinct milestones.kind) = 5

),

final as (

    select * from conformity
    union all
    select * from control_totals
    union all
    select * from checklist

)

select * from final
