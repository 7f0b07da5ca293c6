{#-
    Cases that every period treats alike, counted: one row per cohort, with `case_count`.

    Periods begin and end with months, and an open one is evaluated on the as-of date T. So a date
    matters only by its month and by whether it lies after T: each is replaced by the first day of
    its month (an event after T by null, it happens in no period; a deadline after T by the end of
    time), and pauses keep only the evaluation dates that lie in them.

    cases: as `case_periods` wants them. flags: further columns the measure looks at. is_timed:
    whether the measure looks at the dates of the deadline.
-#}
{% macro cohorts(cases, flags, is_timed=true) -%}
(
    select
        cases.unit_id,
        date_trunc('month', cases.received_on)::date as received_on,
        {{ month_unless_after('cases.completed_on', 'run.as_of') }} as completed_on,
        {{ month_unless_after('cases.undated_from', 'run.as_of') }} as undated_from,
        {%- if is_timed %}
        case
            when cases.effective_due_on > run.as_of then date '9999-12-31'
            else date_trunc('month', cases.effective_due_on)::date
        end as effective_due_on,
        {{ month_unless_after('cases.overdue_on', 'run.as_of') }} as overdue_on,
        {{ month_unless_after('cases.decided_on', 'run.as_of') }} as decided_on,
        {%- else %}
        case when cases.effective_due_on is not null then date '0001-01-01' end as effective_due_on,
        null::date as overdue_on,
        null::date as decided_on,
        {%- endif %}
        cases.is_in_time,
        cases.is_withdrawn,
        cases.is_exempt,
        case
            when cases.suspensions is not null and cases.excluded_reason is null
                then {{ evaluated_suspensions('cases.suspensions', 'run.as_of') }}
        end as suspensions,
        case when cases.excluded_reason is not null then 'excluded' end as excluded_reason,
        {%- for flag in flags %}
        cases.{{ flag }},
        {%- endfor %}
        count(*) as case_count
    from {{ cases }} as cases
    cross join {{ ref('int_run') }} as run
    where cases.received_on <= run.as_of
    group by all
)
{%- endmacro %}


{#- The month of an event, null when it happened after the as-of date. -#}
{% macro month_unless_after(day, as_of) -%}
    case when {{ day }} <= {{ as_of }} then date_trunc('month', {{ day }})::date end
{%- endmacro %}


{#-
    Pauses by the evaluation dates (month ends before the as-of date, and that date) they cover;
    those that cover none or have not begun are left out, and a case without any has null.
-#}
{% macro evaluated_suspensions(suspensions, as_of) -%}
    nullif(list_sort(list_distinct(list_filter(
            list_transform(list_filter(
                {{ suspensions }}, lambda pause: pause.paused_from <= {{ as_of }}
            ), lambda pause: {
                'paused_from': least(last_day(pause.paused_from), {{ as_of }}),
                'paused_to': case
                    when coalesce(pause.paused_to, date '9999-12-31') >= {{ as_of }}
                        then date '9999-12-31'
                    else (date_trunc('month', pause.paused_to + 1) - interval 1 day)::date
                end
            }),
            lambda pause: pause.paused_from <= pause.paused_to
        ))), [])
{%- endmacro %}


{#- How many cases stand behind the rows of a condition. -#}
{% macro count_cases(condition) -%}
    coalesce(sum(case_count) filter ({{ condition }}), 0)::bigint
{%- endmacro %}
