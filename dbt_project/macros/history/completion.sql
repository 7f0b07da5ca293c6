{#-
    For cases in a given state now, the first extract of their last unbroken run in that state.

    versions: a relation with case_id, version_no, valid_from_extract_on, is_current and the boolean
    `state`. asked: a condition on the current version, for which cases it is asked.
-#}
{% macro last_run_started(versions, state, asked) -%}
    select
        runs.case_id,
        min(runs.valid_from_extract_on) as run_started_on
    from (
        select
            versions.case_id,
            versions.valid_from_extract_on,
            versions.{{ state }} and bool_and(versions.{{ state }}) over (
                partition by versions.case_id order by versions.version_no desc
                rows between unbounded preceding and current row
            ) as is_in_run
        from {{ versions }} as versions
        where
            versions.case_id in (
                select asked.case_id from {{ versions }} as asked
                where asked.is_current and asked.{{ state }} and ({{ asked }})
            )
    ) as runs
    where runs.is_in_run
    group by runs.case_id
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
    list_min(list_filter(
            list_concat(
                [{{ overdue_on }}],
                list_transform({{ suspensions }}, lambda pause: (pause.paused_to + 1)::date)
            ),
            lambda day: day >= {{ overdue_on }}
            and not {{ is_suspended_on(suspensions, 'day') }}
        ))
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
    first day after the deadline on which it was closed or its clock ran. Needs `case_dates`.

    running_from: the first day from `overdue_on` on which the clock runs.
-#}
{% macro decided_on(running_from='overdue_on') -%}
    case
            when is_in_time then completed_on
            else least(completed_on, {{ running_from }})
        end
{%- endmacro %}


{#- What stands for "no pauses" in datasets whose clock never stops. -#}
{% macro no_suspensions() -%}
    null::struct(paused_from date, paused_to date) []
{%- endmacro %}
