{#-
    The histories of changed cases: a table of their own where most cases did not change, so that all
    that is made of them reads little and is planned for little; a view where all of them are new.

    meta.versions names the relation that has all versions.
-#}
{% materialization histories, adapter="duckdb", supported_languages=["sql"] %}
    {{ return(replace_in_place("table" if has_unchanged(in_same_schema(config.get("meta")["versions"])) else "view")) }}
{% endmaterialization %}


{#- Whether a relation of versions holds any that the batch at work has not written. -#}
{% macro has_unchanged(versions) -%}
    {%- set query -%}
        select exists (
            select 1
            from {{ versions }} as versions
            anti join {{ ref("stg_batch") }} as batch on versions.batch_no = batch.batch_no
        )
    {%- endset -%}
    {{ return(run_query(query).rows[0][0]) }}
{%- endmacro %}
