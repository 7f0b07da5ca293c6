{#-
    The on-time measures 04b, 05b, 06 and the completion measure 03b, on all five bases.

    cases: as `case_periods` wants them, those of the measure only. scopes: as `scope_list`.
    late_counts: a completion after the deadline is a success too (03b). per: as `measure_columns`.

    Each case has one treatment in each period and basis that it touches; the definitions of the
    bases and treatments are the doc blocks `basis_*` and `treatment_*`.
-#}
{% macro on_time_measure(measure_id, cases, scopes, late_counts=false, per='case') -%}
{%- set bases = ['decided', 'closed', 'due', 'first_decided', 'intake'] -%}
{%- set success = 'is_closed and not is_withdrawn' ~ ('' if late_counts else ' and is_in_time') -%}
{%- set dated_in_period = "case when basis = 'intake' then is_received_in_period else is_closed_in_period end" -%}
with

{{ case_periods(cases) }},

judged as (

    select
        *,
        unnest({{ bases }}) as basis,
        effective_due_on is not null as has_deadline
    from states

),

counted as (

    select
        *,
        has_deadline
        and not is_void
        and not is_undated
        and case basis
            when 'decided' then is_closed_in_period or is_late_open
            when 'closed' then is_closed_in_period
            when 'due' then is_due_in_period and (is_closed or is_late_open)
            when 'first_decided' then is_decided_in_period and not is_suspended
            when 'intake' then is_received_in_period
        end as is_counted,
        coalesce({{ success }}, false)
        or (basis = 'intake' and is_open and not is_late_open) as is_success
    from judged

),

treated as (

    select
        *,
        case
            when excluded_reason is not null
                then case when is_received_in_period then 'excluded' end
            when is_undated
                then case
                    when
                        case
                            when basis = 'intake' then is_received_in_period
                            else undated_from >= period_start
                        end
                        then 'missing_completion'
                end
            when is_counted then case when is_success then 'met' else 'failed' end
            when is_void then case when is_closed_in_period then 'excluded' end
            when is_closed and not has_deadline and {{ dated_in_period }}
                then case when is_exempt then 'exempt' else 'missing_deadline' end
            when is_suspended then 'suspended'
            when is_open then 'undecided'
        end as treatment
    from counted

),

reasoned as (

    select
        *,
        unnest({{ scope_list(scopes) }}) as scope,
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
        end as reason,
        effective_due_on as due_on,
        false as has_evidence
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
