-- Regulations in force in the year, reviewed to the end or not; cumulative within the year.
with

regulations as (

    select * from {{ ref('int_regulations') }}

),

periods as (

    select * from {{ ref('int_periods') }}

),

judged as (

    select
        regulations.case_id,
        '(unknown)' as unit_id,
        'qms' as scope,
        'default' as basis,
        periods.period_grain,
        periods.period_start,
        regulations.issued_on >= periods.year_start as is_issued_in_year,
        coalesce(
            regulations.reviewed_on between periods.year_start and periods.evaluated_on, false
        ) as is_reviewed_in_year,
        coalesce(
            regulations.outcome in ('kept', 'amended', 'replaced', 'repealed'), false
        ) as is_settled,
        regulations.issued_on as received_on,
        regulations.due_at::date as due_on,
        regulations.reviewed_on as completed_on,
        false as has_evidence
    from regulations
    inner join periods on regulations.issued_on <= periods.evaluated_on
    where
        not coalesce(
            regulations.outcome in ('repealed', 'replaced')
            and regulations.reviewed_on < periods.year_start,
            false
        )

),

treated as (

    select
        *,
        case
            when is_issued_in_year or (is_reviewed_in_year and is_settled) then 'met' else 'failed'
        end as treatment,
        case
            when is_issued_in_year then 'issued_in_year'
            when is_reviewed_in_year and is_settled then 'review_settled'
            when is_reviewed_in_year then 'review_not_settled'
            else 'not_reviewed'
        end as reason
    from judged

),

final as (

    select
        {{ measure_columns('08') }}
    from treated

)

select * from final
