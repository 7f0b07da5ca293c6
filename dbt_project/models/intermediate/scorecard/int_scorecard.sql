-- Every figure: counts, rate, bounds and verdict, for all units together and per unit.
with

bases as (

    select * from {{ ref('int_measure_bases') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

counts as (

    select * from {{ ref('int_measure_counts') }}

),

outside as (

    select * from {{ ref('int_outside_counts') }}

),

evidence as (

    select * from {{ ref('int_evidence') }}

),

targets as (

    select * from {{ ref('int_targets') }}

),

-- Totals exist for every measure, scope, basis and period; units where something happened.
figures as (

    select
        bases.measure_id,
        bases.scope,
        bases.basis,
        periods.period_grain,
        periods.period_start,
        null::varchar as unit_id,
        true as is_total
    from bases
    cross join periods

    union

    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        unit_id,
        is_total
    from counts
    where not is_total and measure_id not in {{ cumulative_measure_ids() }}

    union

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

{% set key = ['measure_id', 'scope', 'basis', 'period_grain', 'period_start', 'is_total'] -%}
{% set counted = [
    'case_count', 'met_count', 'failed_count', 'missing_deadline_count', 'missing_completion_count',
    'exempt_count', 'suspended_count', 'undecided_count', 'excluded_count',
] -%}

joined as (

    select
        figures.*,
        periods.period_end,
        periods.evaluated_on,
        periods.is_closed_period,
        periods.as_of,
        targets.objective_no,
        targets.name_vi,
        targets.name_en,
        targets.kind = 'count' as is_count,
        targets.kind = 'checklist' as is_checklist,
        bases.is_headline_basis and figures.scope = 'qms' as is_headline,
        targets.decision_id,
        targets.comparator,
        targets.target_numerator,
        targets.target_denominator,
        {%- for column in counted %}
        coalesce(counts.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        coalesce(outside.outside_count, 0) as outside_count,
        figures.measure_id not in ('01', '05a', '07a')
        or evidence.measure_id is not null as has_evidence
    from figures
    inner join bases
        on
            figures.measure_id = bases.measure_id
            and figures.scope = bases.scope
            and figures.basis = bases.basis
    inner join periods
        on
            figures.period_grain = periods.period_grain
            and figures.period_start = periods.period_start
    inner join targets
        on
            figures.measure_id = targets.measure_id
            and figures.period_grain = targets.period_grain
            and figures.period_start = targets.period_start
    {%- for relation in ['counts', 'outside', 'evidence'] %}
    left join {{ relation }}
        on
            {%- for column in key %}
            figures.{{ column }} = {{ relation }}.{{ column }}
            and
            {%- endfor %}
            figures.unit_id is not distinct from {{ relation }}.unit_id
    {%- endfor %}

),

-- A count is compared with its target as it is; every other figure is a share of its denominator.
fractions as (

    select
        *,
        case when is_count then case_count else met_count end as numerator,
        case when not is_count then met_count + failed_count + outside_count end as denominator,
        case when is_count then 1 else met_count + failed_count + outside_count end as judged_by,
        missing_deadline_count + missing_completion_count as unknown_count
    from joined

),

judged as (

    select
        *,
        {{ meets_target('numerator', 'judged_by') }} as is_met,
        {{ meets_target('numerator', '(judged_by + unknown_count)') }} as is_low_met,
        {{ meets_target('(numerator + unknown_count)', '(judged_by + unknown_count)') }}
            as is_high_met,
        case
            when is_checklist and not has_evidence then 'insufficient_evidence'
            when judged_by = 0 then 'no_activity'
            when not has_evidence then 'insufficient_evidence'
            when {{ meets_target('numerator', 'judged_by') }} then 'met'
            else 'not_met'
        end as verdict
    from fractions

),

final as (

    select
        decision_id,
        objective_no,
        measure_id,
        name_vi as measure_name_vi,
        name_en as measure_name_en,
        scope,
        basis,
        is_headline,
        period_grain,
        period_start,
        period_end,
        evaluated_on,
        is_closed_period,
        numerator,
        denominator,
        case
            when verdict <> 'insufficient_evidence' then {{ rate('numerator', 'denominator') }}
        end as rate,
        target_numerator::double / target_denominator as target,
        comparator,
        verdict,
        case
            when verdict = 'insufficient_evidence' then false
            when verdict = 'no_activity' then unknown_count = 0
            else is_low_met = is_met and is_high_met = is_met
        end as is_conclusive,
        case
            when verdict <> 'insufficient_evidence'
                then {{ rate('numerator', '(denominator + unknown_count)') }}
        end as rate_low,
        case
            when verdict <> 'insufficient_evidence'
                then {{ rate('(numerator + unknown_count)', '(denominator + unknown_count)') }}
        end as rate_high,
        missing_deadline_count,
        missing_completion_count,
        exempt_count,
        suspended_count,
        undecided_count,
        excluded_count,
        case
            when verdict in ('met', 'not_met') then {{ failures_left('numerator', 'judged_by') }}
        end as failures_left,
        as_of,
        unit_id,
        is_total,
        outside_count,
        target_numerator,
        target_denominator
    from judged

)

select * from final
