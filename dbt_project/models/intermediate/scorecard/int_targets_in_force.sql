-- What the decisions say of each measure, with the days on which it judges.
with

targets as (

    select * from {{ ref('targets') }}

),

decisions as (

    select * from {{ ref('decisions') }}

),

-- Decisions take turns measure by measure: what the first one says of a measure also judges
-- everything before it, and what the last one says of it stays.
final as (

    select
        targets.*,
        decisions.title_vi as decision_title_vi,
        case
            when lag(decisions.effective_on) over turns_of_measure is not null
                then decisions.effective_on
            else date '0001-01-01'
        end as in_force_from,
        coalesce(lead(decisions.effective_on) over turns_of_measure, date '9999-12-31')
            as in_force_before
    from targets
    inner join decisions on targets.decision_id = decisions.decision_id
    window turns_of_measure as (partition by targets.measure_id order by decisions.effective_on)

)

select * from final
