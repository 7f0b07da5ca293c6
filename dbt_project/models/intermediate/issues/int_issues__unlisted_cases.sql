-- Cases that a newer full extract of their source no longer lists; they keep their last state.
{%- set datasets = [
    'dossiers', 'documents', 'directives', 'programme_tasks', 'regulations', 'unit_reports',
    'initiatives', 'qms_milestones', 'dossiers_outside_system',
] %}
{%- set without_unit = ['regulations', 'qms_milestones'] %}
with

extracts as (

    select * from {{ ref('int_extracts') }}

),

-- After every full extract the one that followed it.
followed_extracts as (

    select
        source,
        extracted_on,
        lead(extract_id) over history as next_extract_id,
        lead(extracted_on) over history as next_extracted_on
    from extracts
    where status = 'loaded' and mode = 'full'
    window history as (partition by source order by extracted_on, arrival_no)

),

-- A quarantined row lists its case all the same.
quarantined as (

    select distinct
        extract_id,
        case_id
    from {{ ref('int_rejected_rows') }}

),

last_listings as (

    {%- for dataset in datasets %}
    select
        '{{ dataset }}' as dataset,
        source,
        case_id,
        {{ 'unit_id' if dataset not in without_unit else 'null::varchar as unit_id' }},
        row_number,
        last_listed_on
    from {{ ref('int_' ~ dataset ~ '__versions') }}
    where is_current
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        'NOT_LISTED_ANY_MORE' as issue_code,
        last_listings.dataset,
        last_listings.source,
        last_listings.case_id,
        last_listings.unit_id,
        followed_extracts.next_extract_id as extract_id,
        null::bigint as row_number,
        null::varchar as column_name,
        null::varchar as raw_value,
        'last listed ' || last_listings.last_listed_on::varchar as detail,
        followed_extracts.next_extracted_on as first_seen_on,
        true as is_open
    from last_listings
    inner join followed_extracts
        on
            last_listings.source = followed_extracts.source
            and last_listings.last_listed_on = followed_extracts.extracted_on
    left join quarantined
        on
            followed_extracts.next_extract_id = quarantined.extract_id
            and last_listings.case_id = quarantined.case_id
    where followed_extracts.next_extract_id is not null and quarantined.case_id is null

)

select * from final
