{#-
    Every version of a case beside what came before it and the working calendar: CTE `history`.

    versions: a CTE made by `dated_versions`. closed_on: an expression for the day on which a
    finished version says the case ended. Adds to the versions' columns
      closed_on, was_finished (some earlier version), was_finished_before (the one before),
      previous_last_listed_on (the last extract that showed the one before),
      is_due_on_working_day, closed_working_day_no, extract_working_day_no.
-#}
{% macro case_history(versions, closed_on) -%}
    calendar as (

        select * from {{ ref('int_calendar_days') }}

    ),

    -- Most cases have one version and nothing before it to look at.
    compared as (

        select
            *,
            {{ closed_on }} as closed_on,
            false as was_finished,
            null::date as previous_last_listed_on,
            null::boolean as was_finished_before
        from {{ versions }}
        where version_no = 1 and is_current

        union all

        select
            *,
            {{ closed_on }} as closed_on,
            coalesce(bool_or(is_finished) over earlier_versions, false) as was_finished,
            lag(last_listed_on) over all_versions as previous_last_listed_on,
            lag(is_finished) over all_versions as was_finished_before
        from {{ versions }}
        where not (version_no = 1 and is_current)
        window
            all_versions as (partition by case_id order by version_no),
            earlier_versions as (
                partition by case_id order by version_no
                rows between unbounded preceding and 1 preceding
            )

    ),

    history as (

        select
            compared.*,
            due_days.is_working_day as is_due_on_working_day,
            closed_days.working_day_no as closed_working_day_no,
            extract_days.working_day_no as extract_working_day_no
        from compared
        left join calendar as due_days on compared.offered_due_at::date = due_days.date_day
        left join calendar as closed_days on compared.closed_on = closed_days.date_day
        left join calendar as extract_days
            on compared.valid_from_extract_on = extract_days.date_day

    )
{%- endmacro %}


{#-
    The issues that versions of every dataset with deadlines can show, for `version_issues`.

    The versions need the columns of `case_history` and
      is_judged     a figure looks at the deadline and the end of the case
      is_exempt     by rule it has no deadline
      is_ongoing    somebody still has to finish it
    begun_at: the column that says when it began. encoding: the `encoding_flag`.
-#}
{% macro case_flags(begun_at, encoding) -%}
    {{ return([
        {
            'code': 'MISSING_DUE', 'column': 'due_at',
            'condition': 'is_judged and not is_exempt and effective_due_at is null',
        },
        {
            'code': 'MISSING_DUE_PAST', 'column': 'due_at', 'value': 'known_due_at::date',
            'condition': 'is_judged and offered_due_at is null and known_due_at is not null',
        },
        {
            'code': 'MISSING_CLOSE', 'column': 'completed_at',
            'condition': 'is_judged and is_finished and closed_on is null',
        },
        {
            'code': 'DUE_BEFORE_RECEIVE', 'column': 'due_at', 'value': 'due_at',
            'condition': 'due_at::date < ' ~ begun_at ~ '::date',
        },
        {
            'code': 'DUE_ON_NONWORKING_DAY', 'column': 'due_at', 'value': 'due_at',
            'condition': 'is_judged and not is_due_on_working_day',
        },
        {
            'code': 'BACKDATED_CLOSE', 'column': 'completed_at', 'value': 'closed_on',
            'condition': 'is_judged and is_finished and was_finished_before is false'
                ' and closed_on <= effective_due_at::date'
                ' and previous_last_listed_on >= closed_on'
                ' and extract_working_day_no - closed_working_day_no >= 3',
        },
        {
            'code': 'REOPENED', 'column': 'completed_at',
            'condition': 'is_ongoing and was_finished',
        },
        unmapped_unit_flag(),
        encoding,
    ]) }}
{%- endmacro %}


{% macro unmapped_unit_flag() -%}
    {{ return({
        'code': 'UNMAPPED_UNIT', 'column': 'unit_id', 'value': 'unit_id',
        'condition': 'not is_unit_known',
    }) }}
{%- endmacro %}


{#- texts: columns that people wrote. asked: a condition on the versions worth a look. -#}
{% macro encoding_flag(texts, asked='true') -%}
    {%- set text = "concat_ws(' ', " ~ texts | join(', ') ~ ")" -%}
    {{ return({
        'code': 'ENCODING_SUSPECT', 'value': text,
        'condition': asked ~ ' and ' ~ is_misread(text),
    }) }}
{%- endmacro %}


{#- Replacement characters, and characters without a meaning of their own: the text was misread. -#}
{% macro is_misread(text) -%}
    {{ return("regexp_matches(" ~ text ~ ", '[\\x{FFFD}\\x{E000}-\\x{F8FF}]')") }}
{%- endmacro %}


{#-
    The misread ones among texts that many cases share, as one list (null: none): CTE `misread`.

    versions: a relation. texts: its columns.
-#}
{% macro misread_texts(versions, texts) -%}
    -- An aggregate, or every row's text would be looked at and not each text once.
    shared_texts as (

        {%- for text in texts %}
        select min({{ text }}) as shared_text
        from {{ versions }}
        group by {{ text }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}

    ),

    misread as (

        select list(shared_text) as texts
        from shared_texts
        where {{ is_misread('shared_text') }}

    )
{%- endmacro %}
