{#-
    The national part of a procedure's id: `1.002835` of `1.002835.000.00.00.H56`. Ids that are not
    of that form are compared as they are.
-#}
{% macro procedure_key(column) -%}
    case
        when regexp_matches({{ column }}, '^\d\.\d{6}(\.|$)') then left({{ column }}, 8)
        else {{ column }}
    end
{%- endmacro %}
