{#-
    Which periods a night counts again: those that a changed case may touch, as it was before or as
    it is now, and those whose evaluation date moved. All others keep their counts.
-#}

{#- The datasets whose cases are merged; what is counted over others is counted every night. -#}
{% macro merged_datasets() -%}
    {{ return(['dossiers', 'documents', 'directives', 'programme_tasks']) }}
{%- endmacro %}


{#-
    The last step of a merged model of cases: what days the state could touch that the case has lost
    with the batch at work, from `replaced_from` to `replaced_until`; null where there was none. A
    run that died may have replaced it already: then its days are taken over.

    cases: a relation with batch_no and what `touches_until` looks at.
-#}
{% macro with_replaced_days(cases) -%}
{%- if is_merging() %}
select
    cases.*,
    least(
        known.received_on, case when known.batch_no = cases.batch_no then known.replaced_from end
    ) as replaced_from,
    greatest(
        {{ touches_until('known') }},
        case when known.batch_no = cases.batch_no then known.replaced_until end
    ) as replaced_until
from {{ cases }} as cases
left join {{ this }} as known on cases.case_id = known.case_id
{%- else %}
select
    *,
    null::date as replaced_from,
    null::date as replaced_until
from {{ cases }}
{%- endif %}
{%- endmacro %}


{#- The months from and until which the cases touch periods that the batch at work has changed. -#}
{% macro touched_months() -%}
    touched_days as (

        {%- for dataset in merged_datasets() %}
        {%- for first_on, last_on in [
            ('received_on', touches_until()), ('replaced_from', 'replaced_until'),
        ] %}
        select
            {{ first_on }} as first_on,
            {{ last_on }} as last_on
        from {{ ref('int_' ~ dataset ~ '__cases') }} as cases
        semi join {{ ref('stg_batch') }} as batch on cases.batch_no = batch.batch_no
        {{ 'union all' if not loop.last }}
        {%- endfor %}
        {{ 'union all' if not loop.last }}
        {%- endfor %}

    ),

    touched_months as (

        select distinct
            {{ month_of('first_on') }} as first_month,
            {{ month_of('last_on') }} as last_month
        from touched_days
        where first_on is not null

    )
{%- endmacro %}


{#- The cases of a relation that may touch one of the periods that are counted tonight. -#}
{% macro touching_cases(cases) -%}
(
    select cases.*
    from {{ cases }} as cases
    cross join (
        select
            min(period_start) as first_on,
            max(evaluated_on) as last_on
        from {{ ref('int_touched_periods') }}
    ) as touched
    where
        cases.received_on <= touched.last_on
        and {{ touches_until('cases') }} >= touched.first_on
)
{%- endmacro %}


{#-
    What is counted with the batch at work, as the CTE `counted_tonight`: measure by measure, those
    over merged cases in the touched periods, all others in every period.
-#}
{% macro counted_tonight() -%}
    counted_tonight as (

        select
            measures.measure_id,
            periods.period_grain,
            periods.period_start
        from ({{ named_values(measure_ids()) }}) as measures (measure_id)
        cross join {{ ref('int_periods') }} as periods
        left join {{ ref('int_touched_periods') }} as touched
            on
                periods.period_grain = touched.period_grain
                and periods.period_start = touched.period_start
        where
            touched.period_start is not null
            or measures.measure_id not in ('{{ case_measure_ids() | join("', '") }}')

    )
{%- endmacro %}


{#- The condition of a join with `counted_tonight`. -#}
{% macro is_counted_tonight(figures) -%}
    {{ figures }}.measure_id = counted_tonight.measure_id
            and {{ figures }}.period_grain = counted_tonight.period_grain
            and {{ figures }}.period_start = counted_tonight.period_start
{%- endmacro %}
