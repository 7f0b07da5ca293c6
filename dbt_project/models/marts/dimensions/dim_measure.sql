with

measures as (

    select * from {{ ref('measures') }}

),

targets as (

    select * from {{ ref('targets') }}

),

decisions as (

    select * from {{ ref('decisions') }}

),

decisions_in_force as (

    select * from {{ ref('int_decisions_in_force') }}

),

run as (

    select * from {{ ref('int_run') }}

),

current_targets as (

    select
        targets.*,
        decisions.title_vi as decision_title_vi,
        -- 98/100 reads 98, 975/1000 reads 97.5
        regexp_replace(
            (100.0 * targets.target_numerator / targets.target_denominator)::decimal(9, 2)::text,
            '\.?0+$',
            ''
        ) as target_percent
    from targets
    inner join decisions on targets.decision_id = decisions.decision_id
    inner join decisions_in_force on targets.decision_id = decisions_in_force.decision_id
    cross join run
    where
        coalesce(run.as_of >= decisions_in_force.in_force_from, true)
        and coalesce(run.as_of < decisions_in_force.in_force_before, true)

),

joined as (

    select
        measures.*,
        current_targets.decision_id,
        current_targets.decision_title_vi,
        current_targets.clause_ref,
        current_targets.clause_vi,
        current_targets.comparator,
        current_targets.target_numerator,
        current_targets.target_denominator,
        case measures.kind
            when 'count' then concat_ws(' ', current_targets.target_numerator, measures.unit_vi)
            else replace(current_targets.target_percent, '.', ',') || '%'
        end as amount_vi,
        case measures.kind
            when 'count' then concat_ws(' ', current_targets.target_numerator, measures.unit_en)
            else current_targets.target_percent || '%'
        end as amount_en
    from measures
    left join current_targets on measures.measure_id = current_targets.measure_id

),

final as (

    select
        measure_id,
        objective_no,
        kind,
        name_vi,
        name_en,
        unit_vi,
        unit_en,
        decision_id,
        decision_title_vi,
        clause_ref,
        clause_vi,
        comparator,
        target_numerator,
        target_denominator,
        target_numerator / target_denominator as target,
        case
            when comparator = 'gt' then 'trên ' || amount_vi
            when amount_vi = '100%' then amount_vi
            else 'ít nhất ' || amount_vi
        end as target_vi,
        case
            when comparator = 'gt' then 'more than ' || amount_en
            when amount_en = '100%' then amount_en
            else 'at least ' || amount_en
        end as target_en
    from joined

)

select * from final
