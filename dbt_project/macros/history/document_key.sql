{#- A document is one entry of a book of the office's register, whoever handles it. -#}
{% macro document_key(relation='versions') -%}
    {{ return([
        relation ~ '.register_year',
        relation ~ '.register_book',
        relation ~ '.arrival_no',
        relation ~ '.office_id',
    ]) }}
{%- endmacro %}
