{#-
    The day in a dossier's code (`H57.12-220105-0001`, or the older `000.12.34.H57-...`): agency,
    day as yymmdd, ordinal of at least four digits. Null where the code is not of that form.
-#}
{% macro dossier_code_date(column) -%}
    try_strptime(
            regexp_extract(
                {{ column }},
                '^(?:\d{3}\.\d{2}\.\d{2}\.H\d{2}|H\d{2}(?:\.\d+)*)-(\d{6})-\d{4,}$',
                1
            ),
            '%y%m%d'
        )::date
{%- endmacro %}
