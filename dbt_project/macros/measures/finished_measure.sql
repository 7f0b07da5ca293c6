{#-
    The measures 05a, 07a and 07b: dossiers counted when finished (or received), met or not by what
    they are rather than by when.

    bases: {basis: {counted: expression, met: expression, takes_withdrawn: 'true' where withdrawn
    dossiers count}} over the columns of `states`; `counted` is only asked of eligible dossiers. met_reason, failed_reason: reason codes.
    evidence: expression that says whether a row carries what the measure is judged by.
-#}
{% macro finished_measure(
    measure_id, cases, scopes, bases, met_reason, failed_reason, evidence='false', per='case'
) -%}
with

{{ case_periods(cases) }},

based as (

    select
        *,
        unnest({{ bases.keys() | list }}) as basis
    from states

),

counted as (

    select
        *,
        excluded_reason is null
        and case basis
        {%- for basis, rule in bases.items() %}
            when '{{ basis }}' then coalesce({{ rule.counted }}, false)
        {%- endfor %}
        end as is_counted,
        case basis
        {%- for basis, rule in bases.items() %}
            when '{{ basis }}' then coalesce({{ rule.met }}, false)
        {%- endfor %}
        end as is_success,
        case basis
        {%- for basis, rule in bases.items() %}
            when '{{ basis }}' then {{ rule.takes_withdrawn | default('false') }}
        {%- endfor %}
        end as takes_withdrawn
    from based

),

treated as (

    select
        *,
        case
            when excluded_reason is not null
                then case when is_received_in_period then 'excluded' end
            when is_counted then case when is_success then 'met' else 'failed' end
            when is_undated then null
            when is_suspended then 'suspended'
            when is_open then 'undecided'
            when is_void
                then case when is_closed_in_period and not takes_withdrawn then 'excluded' end
            when is_received_in_period then 'excluded'
        end as treatment
    from counted

),

reasoned as (

    select
        *,
        unnest({{ scope_list(scopes) }}) as scope,
        case treatment
            when 'met' then '{{ met_reason }}'
            when 'failed' then '{{ failed_reason }}'
            when 'suspended' then 'clock_stopped'
            when 'undecided' then 'not_finished'
            else coalesce(
                excluded_reason,
                case
                    when is_void then 'withdrawn_in_time'
                    when is_withdrawn then 'withdrawn_late'
                    else 'not_online_capable'
                end
            )
        end as reason,
        effective_due_on as due_on,
        coalesce({{ evidence }}, false) and treatment in ('met', 'failed') as has_evidence
    from treated
    where treatment is not null

),

final as (

    select
        {{ measure_columns(measure_id, per) }}
    from reasoned

)

select * from final
{%- endmacro %}
