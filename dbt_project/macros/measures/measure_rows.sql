{#-
    From the wide form of a measure to its rows. Wide is one row per case and period, in the CTE
    `treated`: the columns of `states`, `has_evidence`, and `treatment_<basis>` for every basis.
    Rows are one per scope and basis as well, and are made last: whoever counts adds up what is
    treated alike first, and whoever asks for one scope, basis or period pays for no other.

    bases: names or a mapping by name. scopes: {scope: boolean expression}, `true` for every case.
    per: as `measure_columns`. The call's body is the reason, an expression over `treated` and
    `treatment`.
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

    {% endif -%}
    unfolded as (

        select
            wide.*,
            scopes.scope,
            bases.basis,
            case bases.basis
                {%- for basis in bases %}
                when '{{ basis }}' then wide.treatment_{{ basis }}
                {%- endfor %}
            end as treatment
        from {{ 'added' if per == 'cohort' else 'treated' }} as wide
        cross join ({{ named_values(bases) }}) as bases (basis)
        inner join ({{ named_values(scopes) }}) as scopes (scope)
            on case scopes.scope
                {%- for scope, condition in scopes.items() %}
                when '{{ scope }}' then {{ 'wide.is_in_' ~ scope if per == 'cohort' else condition }}
                {%- endfor %}
            end

    ),

    reasoned as (

        select
            {%- if per == 'case' %}
            effective_due_on as due_on,
            {{ caller() }} as reason,
            {%- endif %}
            * replace (has_evidence and treatment in ('met', 'failed') as has_evidence)
        from unfolded
        where treatment is not null

    ),

    final as (

        select
            {{ measure_columns(measure_id, per) }}
        from reasoned

    )

    select * from final
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
