-- What the delivery of extracts itself shows: too old, periods that leave days out or overlap, and
-- full extracts that shrank by half.
with

run as (

    select * from {{ ref('int_run') }}

),

cadences as (

    select * from {{ ref('cadences') }}

),

loaded as (

    select
        *,
        row_number() over (
            partition by source order by extracted_on desc, arrival_no desc
        ) = 1 as is_newest
    from {{ ref('int_extracts') }}
    where status = 'loaded'

),

stale as (

    select
        loaded.*,
        'STALE_EXTRACT' as issue_code,
        loaded.extracted_on::varchar as raw_value,
        loaded.cadence || ', at most ' || cadences.allowed_days || ' days' as detail,
        loaded.extracted_on + cadences.allowed_days + 1 as first_seen_on,
        true as is_open
    from loaded
    inner join cadences on loaded.cadence = cadences.cadence
    cross join run
    where loaded.is_newest and run.as_of - loaded.extracted_on > cadences.allowed_days

),

-- One delivery may have several parts, and a period delivered again is a correction.
period_extracts as (

    select
        *,
        max(period_end) over (
            partition by source order by period_start, period_end, extracted_on, arrival_no
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from (
        select * from loaded
        where mode = 'period' and period_start is not null and period_end is not null
        qualify row_number() over (
            partition by source, period_start, period_end
            order by extracted_on desc, arrival_no desc
        ) = 1
    ) as distinct_periods

),

periods as (

    select
        * exclude (covered_until),
        case
            when period_start > covered_until + 1 then 'PERIOD_GAP' else 'PERIOD_OVERLAP'
        end as issue_code,
        period_start::varchar || ' to ' || period_end::varchar as raw_value,
        'covered until ' || covered_until::varchar as detail,
        extracted_on as first_seen_on,
        true as is_open
    from period_extracts
    where period_start <> covered_until + 1

),

volumes as (

    select
        *,
        lag(rows_read) over (
            partition by source order by extracted_on, arrival_no
        ) as previous_rows_read
    from loaded
    where mode = 'full'

),

drops as (

    select
        * exclude (previous_rows_read),
        'VOLUME_DROP' as issue_code,
        rows_read::varchar as raw_value,
        'previous extract ' || previous_rows_read || ' rows' as detail,
        extracted_on as first_seen_on,
        is_newest as is_open
    from volumes
    where rows_read < 0.5 * previous_rows_read

),

stacked as (

    select * from stale
    union all
    select * from periods
    union all
    select * from drops

),

final as (

    select
        issue_code,
        dataset,
        source,
        null::varchar as case_id,
        null::varchar as unit_id,
        extract_id,
        null::bigint as row_number,
        null::varchar as column_name,
        raw_value,
        detail,
        first_seen_on,
        is_open
    from stacked

)

select * from final
