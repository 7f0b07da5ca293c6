-- Recognised and applied initiatives, counted from the start of the year; a count has no treatment.
with

initiatives as (

    select * from {{ ref('int_initiatives') }}
    where outcome = 'recognised'

),

periods as (

    select * from {{ ref('int_periods') }}

),

counted as (

    select
        initiatives.case_id,
        initiatives.unit_id,
        'qms' as scope,
        'default' as basis,
        periods.period_grain,
        periods.period_start,
        null::varchar as treatment,
        'recognised_and_applied' as reason,
        initiatives.applied_on as received_on,
        null::date as due_on,
        initiatives.decided_on as completed_on,
        false as has_evidence
    from initiatives
    inner join periods
        on
            initiatives.decided_on between periods.year_start and periods.evaluated_on
            and initiatives.applied_on <= periods.evaluated_on

),

final as (

    select
        {{ measure_columns('10') }}
    from counted

)

select * from final
