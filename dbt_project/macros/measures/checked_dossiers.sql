{#-
    The dossiers that a night's check works out case by case, with the columns of
    int_dossiers__cases. `are_all_dossiers_checked` is a condition: whether these are all there are,
    so that what they add up to is what is published.
-#}
{% macro checked_dossiers() -%}
    {{ ref('int_dossiers__cases') }}
{%- endmacro %}

{% macro are_all_dossiers_checked() -%}
    true
{%- endmacro %}
