-- Every pause of a dossier's clock: `paused_to` is inclusive, null while the pause runs on.
with

versions as not materialized (

    select * from {{ ref('int_dossiers__histories') }}

),

-- Most dossiers never pause.
ever_paused as (

    select case_id from versions
    where is_paused or supplement_requested_at is not null

),

-- Runs of successive extracts with, and without, a paused status.
run_starts as (

    select
        versions.*,
        (
            versions.is_paused is distinct from lag(versions.is_paused) over (
                partition by versions.case_id order by versions.version_no
            )
        ) as is_run_start
    from versions
    semi join ever_paused on versions.case_id = ever_paused.case_id

),

runs as (

    select
        case_id,
        version_no,
        is_paused,
        valid_from_extract_on as run_from,
        supplement_requested_at is not null and supplement_received_at is null
            as has_unanswered_request,
        lead(valid_from_extract_on) over (
            partition by case_id order by version_no
        ) as next_run_from
    from run_starts
    where is_run_start

),

mentions as (

    select
        case_id,
        version_no,
        supplement_requested_at::date as paused_from,
        supplement_received_at::date as answered_on
    from versions
    where supplement_requested_at is not null

),

-- The latest version's answer to each request counts.
requests as (

    select
        case_id,
        paused_from,
        arg_max_null(answered_on, version_no) as answered_on,
        min(version_no) as known_version_no
    from mentions
    group by case_id, paused_from

),

-- Without an answer, a request lasts until the status says so.
request_ends as (

    select
        requests.case_id,
        requests.paused_from,
        min(runs.next_run_from) as resumed_on
    from requests
    inner join runs
        on
            requests.case_id = runs.case_id
            and runs.is_paused
            and not coalesce(requests.paused_from >= runs.next_run_from, false)
    where requests.answered_on is null
    group by requests.case_id, requests.paused_from

),

pauses_by_request as (

    select
        requests.case_id,
        requests.paused_from,
        coalesce(requests.answered_on, request_ends.resumed_on) - 1 as paused_to,
        requests.known_version_no,
        'supplement' as kind
    from requests
    left join request_ends
        on
            requests.case_id = request_ends.case_id
            and requests.paused_from = request_ends.paused_from

),

pauses_by_status as (

    select
        case_id,
        run_from as paused_from,
        next_run_from - 1 as paused_to,
        version_no as known_version_no,
        'status' as kind
    from runs
    where is_paused and not has_unanswered_request

),

stacked as (

    select * from pauses_by_request
    union all
    select * from pauses_by_status

),

final as (

    select
        *,
        row_number() over (
            partition by case_id order by paused_from, known_version_no, kind
        ) as pause_no
    from stacked

)

select * from final
