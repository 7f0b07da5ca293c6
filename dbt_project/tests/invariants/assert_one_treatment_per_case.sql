{{ config(meta={'dagster': {'ref': {'name': 'measure_cases'}}}) }}
-- A case has one treatment in a figure, proven where it is cheap. A measure has one row for every
-- case, period, basis and scope (its bases and scopes are lists without repeats), so no case counts
-- twice as long as neither the periods nor the cases that measures read hold a key twice. Here:
-- periods, documents (their facts are entries) and the units of 09; all other cases by `unique` on
-- their facts. assert_cases_add_up_to_scorecard compares what follows with the published counts.
with

keys as (

    select
        'int_periods' as relation,
        period_grain || '|' || period_start::varchar as key
    from {{ ref('int_periods') }}

    union all

    select
        'int_documents__cases' as relation,
        case_id as key
    from {{ ref('int_documents__cases') }}

    union all

    select
        'int_measure_09' as relation,
        case_id || '|' || period_grain || '|' || period_start::varchar as key
    from {{ ref('int_measure_09') }}

    union all

    select
        'int_measure_bases' as relation,
        measure_id || '|' || scope || '|' || basis as key
    from {{ ref('int_measure_bases') }}

)

select
    relation,
    key,
    count(*) as copies
from keys
group by relation, key
having count(*) > 1
