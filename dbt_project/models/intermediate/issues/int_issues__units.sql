-- Units whose dossiers end on the very day they are due more often than chance allows. One
-- province's portal has 36% of all; 70% of at least thirty in a year means that dates are adjusted.
with

cases as (

    select * from {{ ref('int_dossiers__cases') }}

),

shares as (

    select
        source,
        unit_id,
        date_trunc('year', completed_on)::date as year_start,
        count(*) as closed_count,
        count(*) filter (where completed_on = effective_due_on) as closed_at_due_count,
        max(completed_on) as last_completed_on
    from cases
    where is_finished and completed_on is not null and effective_due_on is not null
    group by source, unit_id, date_trunc('year', completed_on)

),

final as (

    select
        'SPIKE_CLOSE_AT_DUE' as issue_code,
        'dossiers' as dataset,
        source,
        null::varchar as case_id,
        unit_id,
        null::varchar as extract_id,
        null::bigint as row_number,
        'completed_at' as column_name,
        closed_at_due_count || '/' || closed_count as raw_value,
        'year ' || year(year_start) as detail,
        last_completed_on as first_seen_on,
        true as is_open
    from shares
    where closed_count >= 30 and closed_at_due_count >= 0.7 * closed_count

)

select * from final
