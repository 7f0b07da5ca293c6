{%- for dataset in ['dossiers', 'documents', 'directives', 'programme_tasks'] %}
select * from {{ ref('int_' ~ dataset ~ '__deadline_moves') }}
{{ 'union all' if not loop.last }}
{%- endfor %}
