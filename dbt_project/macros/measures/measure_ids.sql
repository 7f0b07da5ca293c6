{#-
    Every measure has a model `int_measure_<id>`. dbt settles which models read which before it
    looks at any data, so a new model has to be registered here.
-#}
{% macro measure_ids() -%}
    {{ return([
        '01', '02', '03a', '03b', '04a', '04b', '05a', '05b', '06', '07a', '07b', '08', '09', '10',
    ]) }}
{%- endmacro %}


{#- Measures over millions of cases are counted over cohorts: models `int_cohorts_<id>`. -#}
{% macro cohort_measure_ids() -%}
    {{ return(['05a', '05b', '06', '07a', '07b']) }}
{%- endmacro %}


{#-
    Measures over merged cases alone: counted where `int_touched_periods` says so. All others are
    counted anew every night.
-#}
{% macro case_measure_ids() -%}
    {{ return(['02', '03a', '03b', '04a', '04b'] + cohort_measure_ids()) }}
{%- endmacro %}


{#- The measures of dossiers as a list in SQL: those of `dossier_counts`. -#}
{% macro dossier_measure_ids() -%}
    ('05a', '05b', '07a', '07b')
{%- endmacro %}


{#- Measures that count from the start of the year: units have none, months do not stand alone. -#}
{% macro cumulative_measure_ids() -%}
    ('01', '08', '10')
{%- endmacro %}
