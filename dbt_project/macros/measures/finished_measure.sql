{#-
    The measures 05a, 07a and 07b: dossiers counted when finished (or received), met or not by what
    they are rather than by when.

    bases: {basis: {counted: expression, met: expression, takes_withdrawn: 'true' where withdrawn
    dossiers count}} over the columns of `states`; `counted` is only asked of eligible dossiers.
    scopes, per: as `measure_rows`. met_reason, failed_reason: reason codes. evidence: expression
    that says whether a row carries what the measure is judged by.
-#}
{% macro finished_measure(
    measure_id, cases, scopes, bases, met_reason, failed_reason, evidence='false', per='case'
) -%}
{%- set treatments = {} -%}
{%- for basis, rule in bases.items() -%}
    {%- set treatment -%}
    case
            when excluded_reason is not null
                then case when is_received_in_period then 'excluded' end
            when {{ rule.counted }}
                then case when {{ rule.met }} then 'met' else 'failed' end
            when is_undated then null
            when is_suspended then 'suspended'
            when is_open then 'undecided'
            when is_void
                then case
                    when is_closed_in_period and not {{ rule.takes_withdrawn | default('false') }}
                        then 'excluded'
                end
            when is_received_in_period then 'excluded'
        end
    {%- endset -%}
    {%- do treatments.update({basis: treatment}) -%}
{%- endfor -%}
with

{{ case_periods(in_scopes(cases, scopes, per), per) }},

judged as (

    select
        *,
        coalesce({{ evidence }}, false) as has_evidence
    from states

),

{{ treated('judged', treatments, per) }},

{% call measure_rows(measure_id, bases, scopes, per) -%}
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
            end
{%- endcall %}
{%- endmacro %}
