with

rows as (

    select * from {{ ref('stg_units') }}

),

current_rows as (

    select * from rows
    qualify row_number() over (
        partition by unit_id order by extracted_on desc, extract_no desc, row_number desc
    ) = 1

),

lineage as (

    select
        unit_id,
        parent_unit_id,
        is_office
    from current_rows

),

-- A unit belongs to the Office when it, or any unit above it, is marked so.
ancestors as (

    with recursive climbed as (

        select
            unit_id,
            parent_unit_id,
            coalesce(is_office, false) as is_office_unit,
            1 as steps
        from lineage

        union all

        select
            climbed.unit_id,
            lineage.parent_unit_id,
            coalesce(lineage.is_office, false) as is_office_unit,
            climbed.steps + 1 as steps
        from climbed
        inner join lineage on climbed.parent_unit_id = lineage.unit_id
        -- A circle of parents must not run for ever.
        where climbed.steps < 20

    )

    select
        unit_id,
        bool_or(is_office_unit) as is_office_unit
    from climbed
    group by unit_id

),

final as (

    select
        current_rows.unit_id,
        current_rows.unit_name,
        current_rows.aliases,
        current_rows.parent_unit_id,
        coalesce(current_rows.is_office, false) as is_office,
        ancestors.is_office_unit,
        coalesce(current_rows.in_qms_scope, false) as in_qms_scope,
        current_rows.valid_from,
        current_rows.valid_to,
        current_rows.source
    from current_rows
    inner join ancestors on current_rows.unit_id = ancestors.unit_id

)

select * from final
