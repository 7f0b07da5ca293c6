-- Cases that have been open for more than a year, as of the run: age needs no new extract.
{%- set datasets = {
    'dossiers': {
        'begun_at': 'received_at',
        'ongoing': "versions.status not in ('submitted', 'refused_intake', 'cancelled')"
            " and not versions.is_finished and not versions.is_withdrawn",
    },
    'documents': {
        'begun_at': 'arrived_at',
        'ongoing': "versions.role = 'lead' and not versions.is_left_out"
            " and not versions.is_finished",
    },
    'directives': {'begun_at': 'assigned_at', 'ongoing': "versions.status = 'in_progress'"},
    'programme_tasks': {
        'begun_at': 'added_at',
        'ongoing': 'versions.removed_at is null and versions.completed_at is null',
    },
} %}
with

run as (

    select * from {{ ref('int_run') }}

),

final as (

    {%- for dataset, rule in datasets.items() %}
    select
        'ZOMBIE_OPEN' as issue_code,
        '{{ dataset }}' as dataset,
        versions.source,
        versions.case_id,
        versions.unit_id,
        versions.extract_id,
        versions.row_number,
        '{{ rule.begun_at }}' as column_name,
        versions.{{ rule.begun_at }}::date::varchar as raw_value,
        null::varchar as detail,
        versions.valid_from_extract_on as first_seen_on,
        true as is_open
    from {{ ref('int_' ~ dataset ~ '__versions') }} as versions
    inner join run on versions.{{ rule.begun_at }}::date < run.as_of - 365
    where versions.is_current and {{ rule.ongoing }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
