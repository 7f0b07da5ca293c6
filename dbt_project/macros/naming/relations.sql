{#-
    References leave the database name out: DuckDB names a catalog after its file, views keep the
    text they were created with, and the published file and its snapshots have other names than the
    file they were built in.
-#}
{% macro ref() -%}
    {% do return(builtins.ref(*varargs, **kwargs).include(database=false)) %}
{%- endmacro %}

{% macro source(source_name, table_name) -%}
    {% do return(builtins.source(source_name, table_name).include(database=false)) %}
{%- endmacro %}
