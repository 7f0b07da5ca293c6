{{ config(meta={'dagster': {'ref': {'name': 'scorecard'}}}) }}
-- The cases behind a figure add up to its counts, exactly, for every figure that was counted with
-- the batch at work; what was not counted again added up when it was. Those of dossiers in steps:
-- what is published is what all cohorts add up to; the checked dossiers, worked out by the day as
-- `measure_cases` does, add up to what the cohorts of them do; and where all dossiers are checked,
-- they add up to what is published. Dossiers that agree to the day in all that their measures look
-- at are worked out once.
{%- set key = ['measure_id', 'scope', 'basis', 'period_grain', 'period_start'] %}
{%- set treatments = [
    'missing_deadline', 'missing_completion', 'exempt', 'suspended', 'undecided', 'excluded',
] %}
with

{{ counted_tonight() }},

figures as (

    select figures.*
    from {{ ref('int_scorecard') }} as figures
    semi join counted_tonight
        on
            {{ is_counted_tonight('figures') }}
    where figures.is_total

),

other_cases as (

    select cases.*
    from {{ ref('measure_cases') }} as cases
    semi join counted_tonight
        on
            {{ is_counted_tonight('cases') }}
    where cases.measure_id not in {{ dossier_measure_ids() }}

),

all_cohorts as (

    select * from {{ without_units(ref('int_dossiers__cohorts')) }}

),

checked_cases as (

    select * from {{ cases_by_day(without_units(checked_dossiers())) }}

),

checked_cohorts as (

    {{ cohorts('checked_cases', case_count='sum(case_count)') }}

),

counted as (

    select
        'other_cases' as counted_by,
        {{ key | join(', ') }},
        treatment,
        1 as case_count
    from other_cases

    {%- for relation in ['all_cohorts', 'checked_cohorts', 'checked_cases'] %}

    union all

    select
        '{{ relation }}' as counted_by,
        *
    from ({{ dossier_counts(relation) }})
    {%- endfor %}

),

tallies as (

    select
        counted_by,
        {{ key | join(', ') }},
        {%- for treatment in treatments %}
        {{ count_cases("where treatment = '" ~ treatment ~ "'") }} as {{ treatment }},
        {%- endfor %}
        {{ count_cases("where treatment in ('met', 'failed')") }} as denominator,
        {{ count_cases("where coalesce(treatment, 'met') = 'met'") }} as numerator
    from counted
    group by all

    union all

    select
        case
            when measure_id in {{ dossier_measure_ids() }} then 'figures_of_dossiers'
            else 'figures_of_others'
        end as counted_by,
        {{ key | join(', ') }},
        {%- for treatment in treatments %}
        {{ treatment }}_count as {{ treatment }},
        {%- endfor %}
        coalesce(denominator, 0) - outside_count as denominator,
        numerator
    from figures

),

claims as (

    select
        'figures_of_others' as one,
        'other_cases' as other

    union all

    select
        'figures_of_dossiers' as one,
        'all_cohorts' as other

    union all

    select
        'checked_cohorts' as one,
        'checked_cases' as other

    union all

    select
        'figures_of_dossiers' as one,
        'checked_cases' as other
    where {{ are_all_dossiers_checked() }}

),

sides as (

    select
        claims.*,
        tallies.*,
        case when tallies.counted_by = claims.one then 1 else -1 end as sign
    from claims
    inner join tallies on tallies.counted_by in (claims.one, claims.other)

),

differences as (

    select
        one,
        other,
        {{ key | join(', ') }},
        {%- for count in treatments + ['denominator'] %}
        sum(sign * {{ count }}) as {{ count }},
        {%- endfor %}
        sum(sign * numerator) as numerator
    from sides
    group by all

)

select * from differences
where
    numerator <> 0
    or denominator <> 0
    {%- for treatment in treatments %}
    or {{ treatment }} <> 0
    {%- endfor %}
