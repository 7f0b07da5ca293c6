-- Every published period: it holds a day between the first thing that happened and the as-of date.
with

run as (

    select * from {{ ref('int_run') }}

),

beginnings as (

    select min(received_on) as begun_on from {{ ref('int_dossiers__cases') }}
    union all
    select min(received_on) as begun_on from {{ ref('int_documents__cases') }}
    union all
    select min(received_on) as begun_on from {{ ref('int_directives__cases') }}
    union all
    select min(received_on) as begun_on from {{ ref('int_programme_tasks__cases') }}
    union all
    select min(due_on) as begun_on from {{ ref('int_unit_reports') }}
    union all
    select min(due_on) as begun_on from {{ ref('int_qms_milestones') }}
    union all
    select min(decided_on) as begun_on from {{ ref('int_initiatives') }}
    union all
    select min(month_start) as begun_on from {{ ref('int_dossiers_outside_system') }}

),

span as (

    select
        run.as_of,
        least(coalesce(min(beginnings.begun_on), run.as_of), run.as_of) as first_on
    from run
    cross join beginnings
    group by run.as_of

),

months as (

    select
        as_of,
        unnest(generate_series(date_trunc('month', first_on), as_of, interval 1 month))::date
            as month_start
    from span

),

grains as (

    select
        as_of,
        'month' as period_grain,
        month_start as period_start,
        1 as months
    from months

    union all

    select distinct
        as_of,
        'quarter' as period_grain,
        date_trunc('quarter', month_start)::date as period_start,
        3 as months
    from months

    union all

    select distinct
        as_of,
        'half_year' as period_grain,
        (date_trunc('year', month_start) + to_months(6 * ((month(month_start) - 1) // 6)))::date
            as period_start,
        6 as months
    from months

    union all

    select distinct
        as_of,
        'year' as period_grain,
        date_trunc('year', month_start)::date as period_start,
        12 as months
    from months

),

ended as (

    select
        *,
        (period_start + to_months(months::int) - interval 1 day)::date as period_end
    from grains

),

final as (

    select
        period_grain,
        period_start,
        period_end,
        least(as_of, period_end) as evaluated_on,
        date_trunc('year', period_start)::date as year_start,
        period_end < as_of as is_closed_period,
        as_of
    from ended

)

select * from final
