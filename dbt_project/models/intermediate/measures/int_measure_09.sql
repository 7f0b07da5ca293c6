-- Units of the Office that met every obligation due in the period; here the case is the unit.
with

obligations as (

    select * from {{ ref('int_unit_reports') }}
    where is_office_unit

),

periods as (

    select * from {{ ref('int_periods') }}

),

judged as (

    select
        obligations.unit_id as case_id,
        obligations.unit_id,
        'qms' as scope,
        'default' as basis,
        periods.period_grain,
        periods.period_start,
        bool_and(obligations.is_fulfilled) as is_fulfilled,
        null::date as received_on,
        max(obligations.due_on) as due_on,
        null::date as completed_on,
        false as has_evidence
    from obligations
    inner join periods
        on obligations.due_on between periods.period_start and periods.evaluated_on
    group by obligations.unit_id, periods.period_grain, periods.period_start

),

treated as (

    select
        *,
        case when is_fulfilled then 'met' else 'failed' end as treatment,
        case when is_fulfilled then 'all_fulfilled' else 'obligation_missed' end as reason
    from judged

),

final as (

    select
        {{ measure_columns('09') }}
    from treated

)

select * from final
