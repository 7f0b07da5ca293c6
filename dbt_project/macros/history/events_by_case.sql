{#- All days on which a case was tracked and urged, over every version: CTE `events`. -#}
{% macro events_by_case(versions) -%}
    events as (

        select
            case_id,
            list(distinct last_tracked_at::date) filter (where last_tracked_at is not null)
                as tracked_on,
            list(distinct last_urged_at::date) filter (where last_urged_at is not null)
                as urged_on
        from {{ versions }}
        group by case_id

    )
{%- endmacro %}
