{#-
    Working-day arithmetic on the running count `working_day_no`: neither macro walks the calendar,
    both cost one join per date. The first day is never counted and the last one is, as a deadline
    is counted; a start on a day off counts from the last working day before it.
-#}

{#-
    Working days after one date up to another, negative when the second lies before the first.
    Takes the aliases under which `int_calendar_days` was joined for the two dates.
-#}
{% macro working_days_between(from_calendar, to_calendar) -%}
    ({{ to_calendar }}.working_day_no - {{ from_calendar }}.working_day_no)
{%- endmacro %}

{#-
    The joins that give `<alias>.date_day`, the date `working_days` working days after `day`; needs
    CTEs `calendar_days` (int_calendar_days) and `working_days` (int_working_days). A date outside
    the calendar gives null.
-#}
{% macro join_working_days_after(alias, day, working_days) -%}
    left join calendar_days as {{ alias }}_start
        on {{ day }} = {{ alias }}_start.date_day
    left join working_days as {{ alias }}
        on {{ alias }}_start.working_day_no + {{ working_days }} = {{ alias }}.working_day_no
{%- endmacro %}
