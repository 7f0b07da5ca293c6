{#-
    Resolves the unit of every row to its id.

    A text that is a unit's id is that unit; a text that is the name or an alias of exactly one unit
    valid on the day the case began is that one; any other text is kept as it is and flagged.

    rows: a relation (as a CTE, DuckDB would keep millions of wide rows in memory), called `rows` in
    the expressions unit, for the text (id or name), and begun_on, a date.
-#}
{% macro resolved_units(rows, unit, begun_on) -%}
    units as (

        select distinct unit_id from {{ ref('int_units') }}

    ),

    unit_names as (

        select * from {{ ref('int_unit_names') }}

    ),

    -- Distinct pairs first: a handful of texts stands for all rows, and ids need no name.
    unit_texts as (

        select distinct
            {{ unit }} as unit_text,
            {{ begun_on }} as begun_on
        from {{ rows }} as rows
        anti join units on {{ unit }} = units.unit_id
        where {{ unit }} is not null

    ),

    unit_text_keys as (

        select
            unit_text,
            {{ name_key('unit_text') }} as name_key
        from (select distinct unit_text from unit_texts) as texts

    ),

    named_units as (

        select
            unit_texts.unit_text,
            unit_texts.begun_on,
            min(unit_names.unit_id) as unit_id
        from unit_texts
        inner join unit_text_keys on unit_texts.unit_text = unit_text_keys.unit_text
        inner join unit_names on unit_text_keys.name_key = unit_names.name_key
        where
            unit_texts.begun_on is null
            or unit_texts.begun_on between unit_names.valid_from and unit_names.valid_to
        group by unit_texts.unit_text, unit_texts.begun_on
        having count(distinct unit_names.unit_id) = 1

    ),

    resolved as (

        select
            rows.* replace (
                coalesce(units.unit_id, named_units.unit_id, {{ unit }}) as unit_id
            ),
            {{ unit }} is null
            or units.unit_id is not null
            or named_units.unit_id is not null as is_unit_known
        from {{ rows }} as rows
        left join units on {{ unit }} = units.unit_id
        left join named_units
            on
                {{ unit }} = named_units.unit_text
                and {{ begun_on }} is not distinct from named_units.begun_on

    )
{%- endmacro %}


{#-
    What names are compared by: case, repeated space, the look-alikes of Đ and the two places of a
    tone (hoà, hòa) do not matter. Letters and tones are compared apart, word by word.
-#}
{% macro name_key(text) -%}
    {%- set toned = "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ" -%}
    {%- set letters = "aaaaaăăăăăâââââeeeeeêêêêêiiiiioooooôôôôôơơơơơuuuuuưưưưưyyyyy" -%}
    {%- set tones = "①②③④⑤" * 12 -%}
    {%- set folded = "translate(lower(nfc_normalize(trim(" ~ text ~ "))), 'ðɖ', 'đđ')" -%}
    concat(
                regexp_replace(translate({{ folded }}, '{{ toned }}', '{{ letters }}'), '\s+', ' ', 'g'),
                regexp_replace(
                    regexp_replace(translate({{ folded }}, '{{ toned }}', '{{ tones }}'), '\s+', ' ', 'g'),
                    '[^①②③④⑤ ]', '', 'g'
                )
            )
{%- endmacro %}
