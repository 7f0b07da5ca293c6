{#-
    The rows of extracts as the listings of cases: one row per case and row of an extract.

    rows: a relation with one row per accepted row of an extract, its units resolved.
    key: the columns that make `case_id`, in key order.
-#}
{% macro listings(rows, key) -%}
    listings as (

        select
            *,
            {{ case_key(key) }} as case_id
        from {{ rows }}

    )
{%- endmacro %}


{#-
    The history of every case: one row per case and change of content. A whole model, merged.

    listings: a relation made by `listings`, with the rows that are still to be merged (all rows when
    the model is built anew). content: the columns whose change makes a new version. corrected: a relation with the case_id of cases whose reviewed deadline
    is new; corrected_as: what else a case may be called there, an expression over `known`.
    keys: a relation with the case_id of every row, where that takes less than `listings`, which look
    up a unit for each.

    Extracts are ordered by their date, then by arrival. `valid_to_extract_on` is exclusive and null
    for the current version; `last_listed_on` is the newest extract that still showed this content,
    and `last_extract_no` its number. What an extract says of a case after all that was merged before
    goes on from the versions there are: the case's versions are written anew, with the number of the
    batch. An extract that comes before one that was merged is never merged: the dataset is built
    anew then. Cases that are only listed again stay as they are (`note_listings`).
-#}
{% macro versions(listings, content, corrected, corrected_as=none, keys=none) -%}
with

{% if is_merging() -%}
known as not materialized (

    select * from {{ this }}
    where is_current

),

news as (

    select listings.*
    from {{ listings }} as listings
    left join known on listings.case_id = known.case_id
    where
        known.case_id is null
        or listings.extracted_on > known.last_listed_on
        or (
            listings.extracted_on = known.last_listed_on
            and listings.extract_no > known.last_extract_no
        )

),

changed as (

    select news.case_id
    from news
    left join known on news.case_id = known.case_id
    where
        known.case_id is null
        {%- for column in content %}
        or news.{{ column }} is distinct from known.{{ column }}
        {%- endfor %}

    union

    select known.case_id
    from known
    semi join {{ corrected }} as corrected on known.case_id = corrected.case_id
    {%- if corrected_as %}

    union

    select known.case_id
    from known
    semi join {{ corrected }} as corrected on {{ corrected_as }} = corrected.case_id
    {%- endif %}

),

tracked as (

    select
        versions.* exclude (
            version_no, valid_from_extract_on, valid_to_extract_on, is_current, last_listed_on,
            last_extract_no, batch_no
        ),
        versions.last_listed_on as listed_until,
        versions.last_extract_no as listed_until_no
    from {{ this }} as versions
    semi join changed on versions.case_id = changed.case_id

    union all by name

    select
        news.*,
        news.extracted_on as listed_until,
        news.extract_no as listed_until_no
    from news
    semi join changed on news.case_id = changed.case_id

),

{%- else -%}
tracked as not materialized (

    select
        *,
        extracted_on as listed_until,
        extract_no as listed_until_no
    from {{ listings }}

),
{%- endif %}

-- Most cases are listed once: only the others have a history to follow.
repeated as (

    select case_id
    from {{ keys if keys and not is_merging() else 'tracked' }}
    group by case_id
    having count(*) > 1

),

-- One row per case and extract: two spellings of one unit can make two rows of a file one case.
placed as (

    select
        tracked.case_id,
        tracked.extract_id,
        tracked.row_number,
        {{ row_hash(content) }} as content_hash,
        extracted_on,
        extract_no,
        listed_until,
        listed_until_no
    from tracked
    semi join repeated on tracked.case_id = repeated.case_id
    qualify row_number() over (partition by case_id, extract_id order by row_number desc) = 1

),

compared as (

    select
        *,
        (content_hash is distinct from lag(content_hash) over history) as is_new_content
    from placed
    window history as (partition by case_id order by extracted_on, extract_no)

),

numbered as (

    select
        *,
        sum(is_new_content::int) over (
            partition by case_id order by extracted_on, extract_no
            rows between unbounded preceding and current row
        )::int as version_no
    from compared

),

spans as (

    select
        case_id,
        version_no,
        min_by(extract_id, (extracted_on, extract_no)) as extract_id,
        min_by(row_number, (extracted_on, extract_no)) as row_number,
        min(extracted_on) as valid_from_extract_on,
        max(listed_until) as last_listed_on,
        max_by(listed_until_no, (listed_until, listed_until_no)) as last_extract_no
    from numbered
    group by case_id, version_no

),

histories as (

    select
        *,
        lead(valid_from_extract_on) over (partition by case_id order by version_no)
            as valid_to_extract_on
    from spans

),

versioned as (

    select
        tracked.* exclude (listed_until, listed_until_no),
        histories.version_no,
        histories.valid_from_extract_on,
        histories.valid_to_extract_on,
        histories.valid_to_extract_on is null as is_current,
        histories.last_listed_on,
        histories.last_extract_no
    from tracked
    inner join histories
        on
            tracked.case_id = histories.case_id
            and tracked.extract_id = histories.extract_id
            and tracked.row_number = histories.row_number

    union all

    select
        tracked.* exclude (listed_until, listed_until_no),
        1 as version_no,
        tracked.extracted_on as valid_from_extract_on,
        null::date as valid_to_extract_on,
        true as is_current,
        tracked.listed_until as last_listed_on,
        tracked.listed_until_no as last_extract_no
    from tracked
    anti join repeated on tracked.case_id = repeated.case_id

),

final as (

    select
        versioned.*,
        batch.batch_no
    from versioned
    cross join {{ ref('stg_batch') }} as batch

)

select * from final
{%- endmacro %}


{#- The versions of the cases that the batch at work has changed: all of them on a build anew. -#}
{% macro histories(versions) -%}
select versions.*
from {{ versions }} as versions
semi join {{ ref('stg_batch') }} as batch on versions.batch_no = batch.batch_no
{%- endmacro %}


{#- Cases whose reviewed deadline is among the extracts still to be merged. -#}
{% macro newly_corrected(dataset) -%}
(
        select corrections.case_id
        from {{ ref('stg_deadline_corrections') }} as corrections
        semi join {{ ref('stg_pending') }} as pending
            on corrections.extract_id = pending.extract_id
        where corrections.dataset = '{{ dataset }}'
    )
{%- endmacro %}


{#- For datasets whose deadlines are never corrected. -#}
{% macro no_corrections() -%}
(select null::varchar as case_id where false)
{%- endmacro %}


{#- The key of a case: its parts in key order, joined with |. -#}
{% macro case_key(columns) -%}
    {%- if columns | length == 1 -%}
    {{ columns[0] }}::varchar
    {%- else -%}
    concat_ws('|' {%- for column in columns %}, coalesce({{ column }}::varchar, ''){% endfor %})
    {%- endif -%}
{%- endmacro %}


{#-
    A number that differs when any of the columns differs. DuckDB's own `hash` will not do: of ids of
    one form it maps one in twelve to the number of another.
-#}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    md5({{ joined_text(columns) }})
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    md5_number({{ joined_text(columns) }})
{%- endmacro %}

{#- The values of columns as one text; control characters stand between them and for null. -#}
{% macro joined_text(columns) -%}
    concat_ws(
            chr(31) {%- for column in columns %}, coalesce({{ column }}::varchar, chr(30)){% endfor %}
        )
{%- endmacro %}
