{#-
    The on-time measures 04b, 05b, 06 and the completion measure 03b, on all five bases.

    cases: as `case_periods` wants them, those of the measure only. scopes, per: as `measure_rows`.
    late_counts: a completion after the deadline is a success too (03b).

    Each case has one treatment in each period and basis that it touches; the definitions of the
    bases and treatments are the doc blocks `basis_*` and `treatment_*`. Here a basis is which cases
    with a deadline it counts, which are a success, and where a case without a deadline, or without
    a date of completion, is missed.
-#}
{% macro on_time_measure(measure_id, cases, scopes, late_counts=false, per='case') -%}
{%- set by_completion = {
    'met': 'is_success',
    'without_deadline': 'is_closed_in_period',
    'without_completion': 'undated_from >= period_start',
} -%}
{%- set bases = {
    'decided': dict(by_completion, counted='is_closed_in_period or is_late_open'),
    'closed': dict(by_completion, counted='is_closed_in_period'),
    'due': dict(by_completion, counted='is_due_in_period and (is_closed or is_late_open)'),
    'first_decided': dict(by_completion, counted='is_decided_in_period and not is_suspended'),
    'intake': {
        'counted': 'is_received_in_period',
        'met': 'is_success or (is_open and not is_late_open)',
        'without_deadline': 'is_received_in_period',
        'without_completion': 'is_received_in_period',
    },
} -%}
{%- set treatments = {} -%}
{%- for basis, rule in bases.items() -%}
    {%- set treatment -%}
    case
            when excluded_reason is not null
                then case when is_received_in_period then 'excluded' end
            when is_undated
                then case when {{ rule.without_completion }} then 'missing_completion' end
            when has_deadline and not is_void and ({{ rule.counted }})
                then case when {{ rule.met }} then 'met' else 'failed' end
            when is_void then case when is_closed_in_period then 'excluded' end
            when is_closed and not has_deadline and {{ rule.without_deadline }}
                then case when is_exempt then 'exempt' else 'missing_deadline' end
            when is_suspended then 'suspended'
            when is_open then 'undecided'
        end
    {%- endset -%}
    {%- do treatments.update({basis: treatment}) -%}
{%- endfor -%}
with

{{ case_periods(in_scopes(cases, scopes, per), per) }},

judged as (

    select
        *,
        effective_due_on is not null as has_deadline,
        is_closed and not is_withdrawn{{ ' and is_in_time' if not late_counts }} as is_success,
        false as has_evidence
    from states

),

{{ treated('judged', treatments, per) }},

{% call measure_rows(measure_id, bases, scopes, per) -%}
    case treatment
                when 'excluded' then coalesce(excluded_reason, 'withdrawn_in_time')
                when 'missing_completion' then 'no_completion_date'
                when 'missing_deadline' then 'no_deadline'
                when 'exempt' then 'no_deadline_by_rule'
                when 'suspended' then 'clock_stopped'
                when 'undecided'
                    then case
                        when not has_deadline then 'open_without_deadline'
                        when is_late_open then 'overdue_elsewhere'
                        else 'not_yet_due'
                    end
                when 'met'
                    then case
                        when is_open then 'open_in_term'
                        when is_in_time then 'on_time'
                        else 'completed_late'
                    end
                when 'failed'
                    then case
                        when is_open then 'overdue'
                        when is_withdrawn then 'withdrawn_late'
                        else 'late'
                    end
            end
{%- endcall %}
{%- endmacro %}
