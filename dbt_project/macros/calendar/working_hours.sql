{#-
    Working-hour arithmetic on the running count `minutes_before` of `int_working_hours`: a moment
    is a position in the working minutes of all days, and a term moves it on. What is received
    before opening, at lunch or after closing begins when work does. For audits of deadlines alone.
-#}

{% macro minute_of_day(moment) -%}
    (hour({{ moment }}) * 60 + minute({{ moment }}))
{%- endmacro %}

{#- How many of the worked minutes between two of a day lie before a minute of that day. -#}
{% macro minutes_worked(from_minute, minutes, until_minute) -%}
    greatest(0, least({{ minutes }}, {{ until_minute }} - {{ from_minute }}))
{%- endmacro %}

{#-
    CTEs up to `term_ends`: the rows of a CTE with `ends_at`, when `minutes` of work after `moment`
    are over. Needs a CTE `working_hours` (int_working_hours). Without either, `ends_at` is null.
-#}
{% macro ends_of_terms(rows, moment, minutes, regime) -%}
    term_begins as (

        select
            {{ rows }}.*,
            working_hours.minutes_before + {{ minutes }} + case
                when {{ moment }}::date > working_hours.date_day
                    then working_hours.morning_minutes + working_hours.afternoon_minutes
                else {{ minutes_worked(
                    'working_hours.opens_minute', 'working_hours.morning_minutes',
                    minute_of_day(moment)
                ) }} + {{ minutes_worked(
                    'working_hours.lunch_to_minute', 'working_hours.afternoon_minutes',
                    minute_of_day(moment)
                ) }}
            end as end_position
        from {{ rows }}
        asof left join working_hours
            on working_hours.regime = '{{ regime }}'
            and {{ moment }}::date >= working_hours.date_day

    ),

    term_ends as (

        select
            term_begins.* exclude (end_position),
            working_hours.date_day + to_minutes(
                term_begins.end_position - working_hours.minutes_before + case
                    when term_begins.end_position - working_hours.minutes_before
                        <= working_hours.morning_minutes
                        then working_hours.opens_minute
                    else working_hours.lunch_to_minute - working_hours.morning_minutes
                end
            ) as ends_at
        from term_begins
        asof left join working_hours
            on working_hours.regime = '{{ regime }}'
            and term_begins.end_position > working_hours.minutes_before

    )
{%- endmacro %}
