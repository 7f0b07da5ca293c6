{#-
    One row per move of a deadline: what it was, what the source says now, and what explains it.

    steps: a relation made by `deadline_steps`. current_cases: a relation with case_id, unit_id and
    batch_no; moves are told of those that the batch at work has changed.
    A move that stays unexplained while the same deadline is shown again is one move. A correction to
    the day a deadline was moved to explains that move; any other correction is a move of its own.
-#}
{% macro deadline_moves(steps, current_cases, dataset) -%}
with

steps as (

    select
        *,
        due_before::date as due_before_on,
        due_at::date as due_after_on
    from {{ steps }}

),

moves as (

    select *
    from steps
    where
        step > 1
        and {{ compared_deadline('due_before', "'date'") }}
        <> {{ compared_deadline('due_at', "'date'") }}
        and not (is_repeated and due_at < due_before)

),

numbered as (

    select
        *,
        (
            due_before_on is distinct from lag(due_before_on) over history
            or due_after_on is distinct from lag(due_after_on) over history
        ) as is_new_move
    from moves
    window history as (partition by case_id order by step)

),

grouped as (

    select
        *,
        sum(is_new_move::int) over (
            partition by case_id order by step
            rows between unbounded preceding and current row
        ) as move_no
    from numbered

),

moved as (

    select
        case_id,
        min(offered_on) as changed_on,
        min(due_before_on) as due_before,
        min(due_after_on) as due_after,
        max(explanation) as explanation
    from grouped
    group by case_id, move_no

),

corrected as (

    select
        case_id,
        corrected_on as changed_on,
        null::date as due_before,
        due_at::date as due_after,
        'correction' as explanation
    from {{ ref('int_deadline_corrections') }}
    where dataset = '{{ dataset }}'

),

cases as (

    select cases.*
    from {{ current_cases }} as cases
    semi join {{ ref('stg_batch') }} as batch on cases.batch_no = batch.batch_no

),

final as (

    select
        '{{ dataset }}' as dataset,
        moved.case_id,
        cases.unit_id,
        moved.changed_on,
        moved.due_before,
        moved.due_after,
        coalesce(moved.explanation, corrected.explanation) as explanation
    from moved
    inner join cases on moved.case_id = cases.case_id
    left join corrected
        on moved.case_id = corrected.case_id and moved.due_after = corrected.due_after

    union all

    select
        '{{ dataset }}' as dataset,
        corrected.case_id,
        cases.unit_id,
        corrected.changed_on,
        cases.uncorrected_due_at::date as due_before,
        corrected.due_after,
        corrected.explanation
    from corrected
    inner join cases on corrected.case_id = cases.case_id
    left join moved
        on corrected.case_id = moved.case_id and corrected.due_after = moved.due_after
    where
        moved.case_id is null
        and (cases.uncorrected_due_at::date is distinct from corrected.due_after)

)

select * from final
{%- endmacro %}
