-- How many cases got which treatment, per unit (`is_total` false) and for all units together. What
-- is not counted with the batch at work stays as it was counted.
with

{{ counted_tonight() }},

cases as (

    {%- for measure_id in measure_ids() %}
    {%- set is_by_cohort = measure_id in cohort_measure_ids() %}
    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        unit_id,
        treatment,
        has_evidence,
        {{ 'case_count' if is_by_cohort else '1 as case_count' }}
    from {{ ref(('int_cohorts_' if is_by_cohort else 'int_measure_') ~ measure_id) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

cases_tonight as (

    select cases.*
    from cases
    semi join counted_tonight
        on
            {{ is_counted_tonight('cases') }}

),

counted as (

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        unit_id,
        grouping(unit_id) = 1 as is_total,
        sum(case_count)::bigint as case_count,
        {{ count_cases("where treatment = 'met'") }} as met_count,
        {{ count_cases("where treatment = 'failed'") }} as failed_count,
        {{ count_cases("where treatment = 'missing_deadline'") }} as missing_deadline_count,
        {{ count_cases("where treatment = 'missing_completion'") }} as missing_completion_count,
        {{ count_cases("where treatment = 'exempt'") }} as exempt_count,
        {{ count_cases("where treatment = 'suspended'") }} as suspended_count,
        {{ count_cases("where treatment = 'undecided'") }} as undecided_count,
        {{ count_cases("where treatment = 'excluded'") }} as excluded_count,
        {{ count_cases("where has_evidence") }} as evidence_count
    from cases_tonight
    group by grouping sets (
        (measure_id, scope, basis, period_grain, period_start),
        (measure_id, scope, basis, period_grain, period_start, unit_id)
    )

),

known as (

    select * from {{ this if is_merging() else 'counted where false' }}

),

kept as (

    select known.*
    from known
    semi join {{ ref('int_periods') }} as periods
        on
            known.period_grain = periods.period_grain
            and known.period_start = periods.period_start
    anti join counted_tonight
        on
            {{ is_counted_tonight('known') }}

),

final as (

    select * from counted
    union all by name
    select * from kept

)

select * from final
