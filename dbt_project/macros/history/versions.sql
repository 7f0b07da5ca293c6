{#-
    The history of every case: one row per case and change of content.

    rows: a CTE with one row per accepted row of an extract, its units resolved.
    key: the columns that make `case_id`, in key order.
    content: the columns whose change makes a new version.

    Extracts are ordered by their date, then by arrival, so a late extract of an earlier date fills
    its place. `valid_to_extract_on` is exclusive and null for the current version;
    `last_listed_on` is the newest extract that still showed this content.
-#}
{% macro versions(rows, key, content) -%}
    keyed as (

        select
            *,
            {{ case_key(key) }} as case_id,
            {{ row_hash(content) }} as content_hash
        from {{ rows }}

    ),

    -- One row per case and extract: two spellings of one unit can make two rows of a file one case.
    listed as (

        select * from keyed
        qualify row_number() over (
            partition by case_id, extract_id order by row_number desc
        ) = 1

    ),

    compared as (

        select
            *,
            (content_hash is distinct from lag(content_hash) over history) as is_new_content
        from listed
        window history as (partition by case_id order by extracted_on, arrival_no)

    ),

    numbered as (

        select
            *,
            sum(is_new_content::int) over (
                partition by case_id order by extracted_on, arrival_no
                rows between unbounded preceding and current row
            )::int as version_no,
            max(extracted_on) over (partition by case_id) as case_last_listed_on
        from compared

    ),

    with_last_listing as (

        select
            * exclude (content_hash),
            max(extracted_on) over (partition by case_id, version_no) as last_listed_on
        from numbered

    ),

    versions as (

        select
            * exclude (is_new_content),
            extracted_on as valid_from_extract_on,
            lead(extracted_on) over history as valid_to_extract_on,
            lead(extracted_on) over history is null as is_current
        from with_last_listing
        where is_new_content
        window history as (partition by case_id order by version_no)

    )
{%- endmacro %}


{#- The key of a case: its parts in key order, joined with |. -#}
{% macro case_key(columns) -%}
    concat_ws('|' {%- for column in columns %}, coalesce({{ column }}::varchar, ''){% endfor %})
{%- endmacro %}


{#- A number that differs when any of the columns differs. -#}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}
