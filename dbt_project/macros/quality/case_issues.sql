{#-
    The issues of a dataset whose versions need nothing but themselves: a whole model.

    is_judged, is_ongoing: expressions over the versions; begun_at: as in `case_flags`. texts: columns that
    people wrote.
-#}
{% macro case_issues(dataset, begun_at, is_judged, is_ongoing, texts) -%}
with

versions as (

    select * from {{ ref('int_' ~ dataset ~ '__histories') }}

),

{{ dated_versions('versions', ref('int_' ~ dataset ~ '__version_deadlines')) }},

{{ case_history(
    'dated_versions', closed_on='case when is_finished then completed_at::date end'
) }},

enriched as (

    select
        *,
        {{ is_judged }} as is_judged,
        false as is_exempt,
        {{ is_ongoing }} as is_ongoing
    from history

),

{{ version_issues('enriched', dataset, case_flags(begun_at, encoding_flag(texts))) }}
{%- endmacro %}
