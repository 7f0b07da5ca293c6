with

rows as (

    select * from {{ ref('stg_procedures') }}

),

current_rows as (

    select * from rows
    qualify row_number() over (
        partition by procedure_id, valid_from
        order by extracted_on desc, extract_no desc, row_number desc
    ) = 1

),

keyed as (

    select
        *,
        {{ procedure_key('procedure_id') }} as procedure_key,
        coalesce(valid_from, date '0001-01-01') as applies_from
    from current_rows

),

final as (

    select
        procedure_id,
        procedure_key,
        procedure_name,
        field,
        authority,
        service_level,
        processing_days,
        processing_unit,
        valid_from,
        valid_to,
        applies_from,
        -- Overlapping rows: the later start wins, then the id, so one row is valid on any day.
        least(
            coalesce(valid_to, date '9999-12-31'),
            coalesce(lead(applies_from) over (
                partition by procedure_key order by applies_from, procedure_id
            ) - 1, date '9999-12-31')
        ) as applies_to,
        source
    from keyed

)

select * from final
