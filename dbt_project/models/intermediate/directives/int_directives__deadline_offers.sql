with

versions as (

    select
        *,
        (
            offered_due_at is not distinct from lag(offered_due_at) over (
                partition by case_id order by version_no
            )
        ) as is_due_repeated
    from {{ ref('int_directives__histories') }}

),

-- A row shows its deadline first, then the extended one; each is judged as a move.
final as (

    select
        case_id,
        version_no,
        1 as offer_no,
        valid_from_extract_on as offered_on,
        offered_due_at as due_at,
        precision,
        is_due_repeated as is_repeated,
        extension_approved_at::date as extension_approved_on
    from versions
    where offered_due_at is not null

    union all

    select
        case_id,
        version_no,
        2 as offer_no,
        valid_from_extract_on as offered_on,
        {{ offered_deadline('extended_due_at', 'assigned_at') }} as due_at,
        precision,
        false as is_repeated,
        extension_approved_at::date as extension_approved_on
    from versions
    where {{ offered_deadline('extended_due_at', 'assigned_at') }} is not null

)

select * from final
