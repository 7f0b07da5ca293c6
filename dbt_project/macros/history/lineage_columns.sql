{#- What every staged row carries about where it came from; needs CTEs `source` and `extracts`. -#}
{% macro lineage_columns() -%}
    source._source as source,
        source._extract_id as extract_id,
        source._extracted_on as extracted_on,
        source._row_number as row_number,
        extracts.arrival_no as extract_no,
        extracts.precision
{%- endmacro %}
