{#-
    A table of what was derived from cases, in which only the cases that changed are replaced.

    The model yields every row of the changed cases. meta.changed names the relation with their
    case_id (a case may have lost all its rows); without it they are those of the rows themselves.
    meta.listings names the listings after which unchanged versions are noted as listed again. A table
    that does not exist is built whole. Both happen in one transaction, and merging the same batch
    once more changes nothing.
-#}
{% materialization merged, adapter="duckdb", supported_languages=["sql"] %}
    {%- set target = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if is_merging() -%}
        {% call statement("main") -%}
            {{ merge_cases(target, sql, config.get("meta", {})) }}
        {%- endcall %}
    {%- else -%}
        {% call statement("main") -%}
            create or replace table {{ target }} as (
                {{ sql }}
            )
        {%- endcall %}
        {% do persist_docs(target, model) %}
    {%- endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{#-
    Whether a merged model finds its table, and so is given changed cases alone. A unit test has no
    table unless it says so.
-#}
{% macro is_merging() -%}
    {%- if not execute or this is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ return(existing is not none and existing.type == "table") }}
{%- endmacro %}


{% macro merge_cases(target, sql, meta) -%}
    {%- set staged = "staged_" ~ target.identifier -%}
    {%- set listings = meta.get("listings") -%}
    create or replace temp table {{ staged }} as (
        {{ sql }}
    );
    delete from {{ target }}
    where case_id in (select case_id from {{ in_same_schema(meta["changed"]) if meta.get("changed") else staged }});
    insert into {{ target }} by name select * from {{ staged }};
    {%- if listings %}
    {{ note_listings(target, in_same_schema(listings)) }}
    {%- endif %}
    drop table {{ staged }};
{%- endmacro %}


{% macro in_same_schema(identifier) -%}
    {{ this.incorporate(path={"identifier": identifier}).include(database=false) }}
{%- endmacro %}


{#- The newest extract that listed a version is noted where its content was only listed again. -#}
{% macro note_listings(versions, listings) -%}
    update {{ versions }} as versions
    set last_listed_on = newest.place.extracted_on, last_extract_no = newest.place.extract_no
    from (
        select
            case_id,
            max({'extracted_on': extracted_on, 'extract_no': extract_no}) as place
        from {{ listings }}
        group by case_id
    ) as newest
    where
        versions.case_id = newest.case_id
        and versions.is_current
        and (
            versions.last_listed_on < newest.place.extracted_on
            or (
                versions.last_listed_on = newest.place.extracted_on
                and versions.last_extract_no < newest.place.extract_no
            )
        );
{%- endmacro %}
