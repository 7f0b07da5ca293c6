{#-
    Dossiers that every period treats alike, counted: one row per cohort, with `case_count`, in the
    columns that the dossier measures look at.

    Periods begin and end with months, and an open one is evaluated on the as-of date T. So a date
    matters only by its month and by whether it lies after T: each is replaced by the first day of
    its month (an event after T by null, it happens in no period; a deadline after T by the end of
    time), and pauses keep only the evaluation dates that lie in them. Pauses are rounded last: few
    cases have any, and lists are slow where rows are many.

    cases: a relation with the columns of int_dossiers__cases. case_count: how many a row stands for.
-#}
{% macro cohorts(cases, case_count='count(*)') -%}
with

run as (

    select * from {{ ref('int_run') }}

),

cases as (

    select * from {{ cases }}

),

by_month as (

    select
        cases.unit_id,
        {{ month_of('cases.received_on') }} as received_on,
        case
            when cases.effective_due_on > run.as_of then date '9999-12-31'
            else {{ month_of('cases.effective_due_on') }}
        end as effective_due_on,
        {{ month_unless_after('cases.completed_on', 'run.as_of') }} as completed_on,
        {{ month_unless_after('cases.undated_from', 'run.as_of') }} as undated_from,
        {{ month_unless_after('cases.overdue_on', 'run.as_of') }} as overdue_on,
        {{ month_unless_after('cases.decided_on', 'run.as_of') }} as decided_on,
        case when cases.excluded_reason is null then cases.suspensions end as suspensions,
        case when cases.excluded_reason is not null then 'excluded' end as excluded_reason,
        cases.is_in_time,
        cases.is_withdrawn,
        {%- for flag in dossier_flags() %}
        cases.{{ flag }},
        {%- endfor %}
        {{ case_count }} as case_count
    from cases
    cross join run
    where cases.received_on <= run.as_of
    group by all

),

final as (

    select
        by_month.* exclude (case_count)
        replace ({{ evaluated_suspensions('by_month.suspensions', 'run.as_of') }} as suspensions),
        sum(by_month.case_count)::bigint as case_count
    from by_month
    cross join run
    group by all

)

select * from final
{%- endmacro %}


{#-
    Cases that agree in all of the columns, counted. case_count: how many a row stands for.
-#}
{% macro counted_alike(cases, columns, case_count='count(*)') -%}
(
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        {{ case_count }}::bigint as case_count
    from {{ cases }}
    group by all
)
{%- endmacro %}


{#- The first day of a month. -#}
{% macro month_of(day) -%}
    {{ day }} - (day({{ day }}) - 1)::int
{%- endmacro %}


{#- The month of an event, null when it happened after the as-of date. -#}
{% macro month_unless_after(day, as_of) -%}
    case when {{ day }} <= {{ as_of }} then {{ month_of(day) }} end
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
