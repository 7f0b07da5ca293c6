-- Dossiers handled outside the one-stop system, by period, per unit and for all units together.
with

totals as (

    select * from {{ ref('int_dossiers_outside_system') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

scoped as (

    select
        unit_id,
        month_start,
        dossiers_outside,
        unnest({{ scope_list({'qms': 'is_qms_unit', 'province': 'true'}) }}) as scope
    from totals

),

final as (

    select
        '07a' as measure_id,
        scoped.scope,
        'default' as basis,
        periods.period_grain,
        periods.period_start,
        scoped.unit_id,
        grouping(scoped.unit_id) = 1 as is_total,
        sum(scoped.dossiers_outside)::bigint as outside_count
    from scoped
    inner join periods
        on scoped.month_start between periods.period_start and periods.evaluated_on
    group by grouping sets (
        (scoped.scope, periods.period_grain, periods.period_start),
        (scoped.scope, periods.period_grain, periods.period_start, scoped.unit_id)
    )

)

select * from final
