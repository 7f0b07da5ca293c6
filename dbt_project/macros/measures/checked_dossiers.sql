{#-
    The dossiers that a night's check works out case by case, with the columns of
    int_dossiers__cases: those that the batch at work has changed. `are_all_dossiers_checked` is a condition: whether these are all there are,
    so that what they add up to is what is published.
-#}
{% macro checked_dossiers() -%}
    (
        select cases.*
        from {{ ref('int_dossiers__cases') }} as cases
        semi join {{ ref('stg_batch') }} as batch on cases.batch_no = batch.batch_no
    )
{%- endmacro %}

{% macro are_all_dossiers_checked() -%}
    not exists (
        select 1
        from {{ ref('int_dossiers__cases') }} as cases
        anti join {{ ref('stg_batch') }} as batch on cases.batch_no = batch.batch_no
    )
{%- endmacro %}
