{#-
    For every case in a given state now, the first extract of its last unbroken run in that state.

    versions: a relation with case_id, version_no, valid_from_extract_on and the boolean `state`.
-#}
{% macro last_run_started(versions, state) -%}
    select
        versions.case_id,
        min(versions.valid_from_extract_on) as run_started_on
    from {{ versions }} as versions
    left join (
        select
            case_id,
            max(version_no) as version_no
        from {{ versions }}
        where not {{ state }}
        group by case_id
    ) as last_other on versions.case_id = last_other.case_id
    where versions.{{ state }} and versions.version_no > coalesce(last_other.version_no, 0)
    group by versions.case_id
{%- endmacro %}


{#-
    Whether a closed case met its deadline: dates, or wall-clock times where the contract says so.
-#}
{% macro is_in_time(completed_at, due_at, precision) -%}
    case
        when {{ precision }} = 'timestamp' then {{ completed_at }} <= {{ due_at }}
        else {{ completed_at }}::date <= {{ due_at }}::date
    end
{%- endmacro %}


{#-
    The first day at whose end an open case is late: the day after the deadline, or the day of the
    deadline itself where deadlines are instants.
-#}
{% macro overdue_on(due_at, precision) -%}
    case
        when {{ precision }} = 'timestamp' then {{ due_at }}::date
        else {{ due_at }}::date + 1
    end
{%- endmacro %}


{#- Whether the clock stands still on a day; suspensions: list of {paused_from, paused_to}. -#}
{% macro is_suspended_on(suspensions, day) -%}
    coalesce(len(list_filter(
        {{ suspensions }},
        lambda pause: pause.paused_from <= {{ day }}
        and coalesce(pause.paused_to, date '9999-12-31') >= {{ day }}
    )) > 0, false)
{%- endmacro %}


{#- The first day from `overdue_on` on which the clock runs; null while it never does. -#}
{% macro first_running_day(suspensions, overdue_on) -%}
    case
        when {{ suspensions }} is null then {{ overdue_on }}
        else list_min(list_filter(
            list_concat(
                [{{ overdue_on }}],
                list_transform({{ suspensions }}, lambda pause: (pause.paused_to + 1)::date)
            ),
            lambda day: day >= {{ overdue_on }}
            and not {{ is_suspended_on(suspensions, 'day') }}
        ))
    end
{%- endmacro %}


{#- The dates every treatment depends on; needs closed_at, effective_due_at and precision. -#}
{% macro case_dates() -%}
    effective_due_at::date as effective_due_on,
        closed_at::date as completed_on,
        {{ is_in_time('closed_at', 'effective_due_at', 'precision') }} as is_in_time,
        {{ overdue_on('effective_due_at', 'precision') }} as overdue_on
{%- endmacro %}


{#-
    The day a case is decided on, once in its life: its completion when that is in time, else the
    first day after the deadline on which it was closed or its clock ran. Needs `case_dates` and
    suspensions.
-#}
{% macro decided_on() -%}
    case
            when is_in_time then completed_on
            else least(completed_on, {{ first_running_day('suspensions', 'overdue_on') }})
        end
{%- endmacro %}


{#- What stands for "no pauses" in datasets whose clock never stops. -#}
{% macro no_suspensions() -%}
    null::struct(paused_from date, paused_to date) []
{%- endmacro %}
