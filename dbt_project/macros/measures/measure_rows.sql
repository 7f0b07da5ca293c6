{#-
    From the wide form of a measure to its rows, one per case, period, scope and basis. Of cohorts
    wide is one row per cohort and period, in the CTE `treated`; their rows are made last, after what
    is treated alike was added up. Of cases `treated` has the rows already.

    bases: names or a mapping by name. scopes: {scope: boolean expression}, `true` for every case.
    per: as `measure_columns`. The call's body is the reason, an expression over `treated`.
-#}
{% macro measure_rows(measure_id, bases, scopes, per='case') -%}
    {%- if per == 'cohort' -%}
    added as (

        select
            period_grain,
            period_start,
            unit_id,
            has_evidence,
            {%- for scope, condition in scopes.items() %}
            {{ condition }} as is_in_{{ scope }},
            {%- endfor %}
            {%- for basis in bases %}
            treatment_{{ basis }},
            {%- endfor %}
            sum(case_count)::bigint as case_count
        from treated
        group by all

    ),

    unfolded as (

        select
            added.*,
            scopes.scope,
            bases.basis,
            case bases.basis
                {%- for basis in bases %}
                when '{{ basis }}' then added.treatment_{{ basis }}
                {%- endfor %}
            end as treatment
        from added
        cross join ({{ named_values(bases) }}) as bases (basis)
        inner join ({{ named_values(scopes) }}) as scopes (scope)
            on case scopes.scope
                {%- for scope in scopes %}
                when '{{ scope }}' then added.is_in_{{ scope }}
                {%- endfor %}
            end

    ),

    {% endif -%}
    reasoned as (

        select
            {%- if per == 'case' %}
            effective_due_on as due_on,
            {{ caller() }} as reason,
            {%- endif %}
            * replace (has_evidence and treatment in ('met', 'failed') as has_evidence)
        from {{ 'unfolded' if per == 'cohort' else 'treated' }}
        where treatment is not null

    ),

    final as (

        select
            {{ measure_columns(measure_id, per) }}
        from reasoned

    )

    select * from final
{%- endmacro %}


{#-
    Cases once for every scope that they are in, said first: whoever asks for one scope pays for no
    case outside it. Cohorts are told apart by scope after they were counted. scopes, per: as
    `measure_rows`.
-#}
{% macro in_scopes(cases, scopes, per) -%}
    {%- if per == 'cohort' -%}
        {{ cases }}
    {%- else -%}
    (
        select
            cases.*,
            scopes.scope
        from {{ cases }} as cases
        inner join ({{ named_values(scopes) }}) as scopes (scope)
            on case scopes.scope
                {%- for scope, condition in scopes.items() %}
                when '{{ scope }}' then {{ condition }}
                {%- endfor %}
            end
    )
    {%- endif -%}
{%- endmacro %}


{#-
    How the rows of a CTE are treated on every basis, as the CTE `treated`: of cohorts in columns
    `treatment_<basis>`, of cases in a row for each basis, so that only those are worked out that
    are asked for.

    treatments: {basis: expression}. per: as `measure_columns`.
-#}
{% macro treated(states, treatments, per) -%}
    treated as (

        {% if per == 'cohort' -%}
        select
            *
            {%- for basis, treatment in treatments.items() %},
            {{ treatment }} as treatment_{{ basis }}
            {%- endfor %}
        from {{ states }}
        {%- else -%}
        select
            {{ states }}.*,
            bases.basis,
            case bases.basis
                {%- for basis, treatment in treatments.items() %}
                when '{{ basis }}' then {{ treatment }}
                {%- endfor %}
            end as treatment
        from {{ states }}
        cross join ({{ named_values(treatments) }}) as bases (basis)
        {%- endif %}

    )
{%- endmacro %}


{#- A relation of names, one a row. -#}
{% macro named_values(names) -%}
    values {% for name in names %}('{{ name }}'){{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#-
    The columns every measure model ends with; needs treatment and reason. per: `case`, or `cohort`
    where a row stands for `case_count` cases that are treated alike.
-#}
{% macro measure_columns(measure_id, per='case') -%}
    '{{ measure_id }}' as measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        coalesce(unit_id, '(unknown)') as unit_id,
        treatment,
        has_evidence,
        {% if per == 'cohort' -%}
        case_count
        {%- else -%}
        reason,
        case_id,
        received_on,
        due_on,
        completed_on
        {%- endif %}
{%- endmacro %}


{#- The columns of `measure_cases`, from those of the measures' models. -#}
{% macro measure_case_columns() -%}
    measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        case_id,
        unit_id,
        treatment in ('met', 'failed') as is_counted,
        case
            when treatment is null or treatment = 'met' then true
            when treatment = 'failed' then false
        end as is_met,
        treatment,
        reason,
        received_on,
        due_on,
        completed_on
{%- endmacro %}


{#-
    One row per scope something is in. scopes: {scope: boolean expression}, `true` for everything.
-#}
{% macro scope_list(scopes) -%}
    list_filter([
        {%- for scope, condition in scopes.items() %}
            case when {{ condition }} then '{{ scope }}' end{{ ',' if not loop.last }}
        {%- endfor %}
        ], lambda scope: scope is not null)
{%- endmacro %}
