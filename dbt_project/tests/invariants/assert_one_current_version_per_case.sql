{{ config(meta={'dagster': {'ref': {'name': 'fct_dossier_versions'}}}) }}
-- Every case has exactly one current version, its last. Together with `unique` on the facts, which
-- hold the current versions, three counts in one pass prove it: as many first versions as current
-- ones, and the numbers of the current ones add up to all versions.
{%- set datasets = [
    'dossiers', 'documents', 'directives', 'programme_tasks', 'regulations', 'unit_reports',
    'initiatives', 'qms_milestones', 'dossiers_outside_system',
] %}
with

counts as (

    {%- for dataset in datasets %}
    select
        '{{ dataset }}' as dataset,
        count(*) as versions,
        count(*) filter (where version_no = 1) as first_versions,
        count(*) filter (where is_current) as current_versions,
        coalesce(sum(version_no) filter (where is_current), 0) as numbered_versions
    from {{ ref('int_' ~ dataset ~ '__versions') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from counts
where first_versions <> current_versions or numbered_versions <> versions
