-- Every measure as the decision in force on the as-of date words it.
with

targets as (

    select * from {{ ref('int_targets_in_force') }}

),

run as (

    select * from {{ ref('int_run') }}

),

current_targets as (

    select
        targets.*,
        -- 98/100 reads 98, 975/1000 reads 97.5
        regexp_replace(
            (100.0 * targets.target_numerator / targets.target_denominator)::decimal(9, 2)::text,
            '\.?0+$',
            ''
        ) as target_percent
    from targets
    inner join run
        on targets.in_force_from <= run.as_of and targets.in_force_before > run.as_of

),

worded as (

    select
        *,
        case kind
            when 'count' then concat_ws(' ', target_numerator, unit_vi)
            else replace(target_percent, '.', ',') || '%'
        end as amount_vi,
        case kind
            when 'count' then concat_ws(' ', target_numerator, unit_en)
            else target_percent || '%'
        end as amount_en
    from current_targets

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
        measure_id in {{ cumulative_measure_ids() }} as is_cumulative,
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
    from worded

)

select * from final
