{#-
    The dossier measures, each once for the cases and once for their cohorts: with millions of
    dossiers, figures are counted over cohorts, and `measure_cases` shows the cases behind them. A
    blocking test holds the two together.

    cases: any relation with the columns of int_dossiers__cases; per='cohort': of
    int_dossiers__cohorts. flags: the columns that a measure looks at besides those of
    `case_periods`; by the others no cohorts are kept apart.
-#}

{% macro measure_05a(cases, per='case') -%}
    {{ finished_measure(
        '05a',
        cases=seen_by_measure(
            cases, per, flags=['is_qms_authority', 'is_conforming', 'has_conformity_evidence']
        ),
        scopes={'qms': 'is_qms_authority', 'province': 'true'},
        bases={'default': {
            'counted': 'is_closed_in_period and not is_withdrawn',
            'met': 'is_conforming',
        }},
        met_reason='conforming',
        failed_reason='not_conforming',
        evidence='has_conformity_evidence',
        per=per
    ) }}
{%- endmacro %}


{% macro measure_05b(cases, per='case') -%}
    {{ on_time_measure(
        '05b',
        cases=seen_by_measure(cases, per, flags=['is_qms_authority', 'is_exempt'], is_timed=true),
        scopes={'qms': 'is_qms_authority', 'province': 'true'},
        per=per
    ) }}
{%- endmacro %}


{% macro measure_07a(cases, per='case') -%}
    {{ finished_measure(
        '07a',
        cases=seen_by_measure(cases, per, flags=['is_qms_dossier', 'handled_electronically']),
        scopes={'qms': 'is_qms_dossier', 'province': 'true'},
        bases={'default': {
            'counted': 'is_closed_in_period and not is_withdrawn',
            'met': 'coalesce(handled_electronically, true)',
        }},
        met_reason='in_system',
        failed_reason='not_electronic',
        per=per
    ) }}
{%- endmacro %}


{% macro measure_07b(cases, per='case') -%}
    {%- set finished = 'is_closed_in_period and not is_withdrawn' -%}
    {{ finished_measure(
        '07b',
        cases=seen_by_measure(cases, per, flags=['is_qms_dossier', 'is_online', 'is_online_level']),
        scopes={'qms': 'is_qms_dossier', 'province': 'true'},
        bases={
            'finished': {'counted': finished, 'met': 'is_online and is_online_level'},
            'received': {
                'counted': 'is_received_in_period',
                'met': 'is_online and is_online_level',
                'takes_withdrawn': 'true',
            },
            'online_capable': {'counted': finished ~ ' and is_online_level', 'met': 'is_online'},
            'any_channel': {'counted': finished, 'met': 'is_online_level'},
        },
        met_reason='online',
        failed_reason='not_online',
        per=per
    ) }}
{%- endmacro %}


{#- Every dossier measure over a relation of cases, in the columns of `measure_cases`. -#}
{% macro dossier_measure_cases(cases) -%}
with

cases as (

    select * from ({{ measure_05a(cases) }})
    union all
    select * from ({{ measure_05b(cases) }})
    union all
    select * from ({{ measure_07a(cases) }})
    union all
    select * from ({{ measure_07b(cases) }})

),

final as (

    select
        {{ measure_case_columns() }}
    from cases

)

select * from final
{%- endmacro %}


{#-
    Cohorts of the cases as one measure sees them: fewer, as it does not see everything. A measure
    that is not timed sees of the deadline only whether a withdrawal was in time.
-#}
{% macro seen_by_measure(cases, per, flags, is_timed=false) -%}
    {%- if per == 'case' -%}
        {{ cases }}
    {%- elif is_timed -%}
        {{ counted_alike(
            cases, case_columns() + deadline_columns() + flags, case_count='sum(case_count)'
        ) }}
    {%- else -%}
        {{ counted_alike(cases, case_columns() + [
            'case when is_withdrawn then is_in_time end as is_in_time',
            'case when is_withdrawn and is_in_time is not null then received_on end'
            ' as effective_due_on',
            'null::date as overdue_on',
            'null::date as decided_on',
        ] + flags, case_count='sum(case_count)') }}
    {%- endif -%}
{%- endmacro %}


{#-
    The four measures counted, stacked: cases: a relation of cohorts.
-#}
{% macro dossier_counts(cases) -%}
    {%- set measures = [
        measure_05a(cases, per='cohort'),
        measure_05b(cases, per='cohort'),
        measure_07a(cases, per='cohort'),
        measure_07b(cases, per='cohort'),
    ] -%}
    {%- for measure in measures %}
    select
        measure_id,
        scope,
        basis,
        period_grain,
        period_start,
        treatment,
        case_count
    from ({{ measure }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- Cases that agree to the day in all that any measure looks at, counted. -#}
{% macro cases_by_day(cases) -%}
    {{ counted_alike(cases, case_columns() + deadline_columns() + dossier_flags()) }}
{%- endmacro %}


{#- A relation of cases whose units do not matter. -#}
{% macro without_units(cases) -%}
    (select * replace (null::varchar as unit_id) from {{ cases }})
{%- endmacro %}


{#- The columns of `case_periods` that every measure sees, and those that timed ones do. -#}
{% macro case_columns() -%}
    {{ return([
        'unit_id', 'received_on', 'completed_on', 'undated_from', 'suspensions', 'excluded_reason',
        'is_withdrawn',
    ]) }}
{%- endmacro %}

{% macro deadline_columns() -%}
    {{ return(['effective_due_on', 'is_in_time', 'overdue_on', 'decided_on']) }}
{%- endmacro %}


{#- What single dossier measures look at besides. -#}
{% macro dossier_flags() -%}
    {{ return([
        'is_exempt', 'is_qms_authority', 'is_qms_dossier', 'is_conforming',
        'has_conformity_evidence', 'handled_electronically', 'is_online', 'is_online_level',
    ]) }}
{%- endmacro %}
