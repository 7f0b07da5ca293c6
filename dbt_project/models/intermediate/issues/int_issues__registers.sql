-- Units that the list does not know and text that was misread, in the small registers.
{%- set registers = {
    'unit_reports': {'has_unit': true, 'texts': ['unit_id', 'product', 'period']},
    'dossiers_outside_system': {'has_unit': true, 'texts': ['unit_id']},
    'initiatives': {'has_unit': true, 'texts': ['initiative_id', 'title']},
    'regulations': {'has_unit': false, 'texts': ['regulation_id', 'title']},
    'qms_milestones': {'has_unit': false, 'texts': ['milestone_id', 'evidence']},
} %}
with

{% for dataset, register in registers.items() -%}
{{ dataset }} as (

    with

    versions as (

        select
            *,
            {{ 'unit_id' if register.has_unit else 'null::varchar' }} as unit_of_case
        from {{ ref('int_' ~ dataset ~ '__versions') }}

    ),

    {{ version_issues(
        'versions',
        dataset,
        ([unmapped_unit_flag()] if register.has_unit else []) + [encoding_flag(register.texts)],
        unit='unit_of_case'
    ) }}

    select * from version_issues

),

{% endfor -%}
final as (

    {%- for dataset in registers %}
    select * from {{ dataset }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
