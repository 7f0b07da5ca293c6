{#-
    The dossier measures, each once for the cases and once for their cohorts: with millions of
    dossiers, figures are counted over cohorts, and `measure_cases` shows the cases behind them. A
    blocking test holds the two together.
-#}

{% macro measure_05a(cases, per='case') -%}
    {{ finished_measure(
        '05a',
        cases=cases,
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
        '05b', cases=cases, scopes={'qms': 'is_qms_authority', 'province': 'true'}, per=per
    ) }}
{%- endmacro %}


{% macro measure_07a(cases, per='case') -%}
    {{ finished_measure(
        '07a',
        cases=cases,
        scopes={'qms': 'is_qms_dossier', 'province': 'true'},
        bases={'default': {
            'counted': 'is_closed_in_period and not is_withdrawn',
            'met': 'handled_electronically is distinct from false',
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
        cases=cases,
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
