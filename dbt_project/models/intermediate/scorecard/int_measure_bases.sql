-- Every scope and basis of every measure: those of the seed, else one.
with

targets as (

    select * from {{ ref('targets') }}

),

bases as (

    select * from {{ ref('measure_bases') }}

),

final as (

    select
        measure_id,
        scope,
        basis,
        is_headline_basis
    from bases

    union all

    select distinct
        targets.measure_id,
        'qms' as scope,
        'default' as basis,
        true as is_headline_basis
    from targets
    left join bases on targets.measure_id = bases.measure_id
    where bases.measure_id is null

)

select * from final
