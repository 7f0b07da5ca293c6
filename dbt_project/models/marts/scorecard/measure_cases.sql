with

cases as (

    select * from {{ ref('int_measure_cases') }}

),

final as (

    select
        {{ measure_case_columns() }}
    from cases

)

select * from final
