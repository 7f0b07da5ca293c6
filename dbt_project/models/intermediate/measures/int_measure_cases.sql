-- Every measure's cases, stacked.
{%- for measure_id in measure_ids() %}
select * from {{ ref('int_measure_' ~ measure_id) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
