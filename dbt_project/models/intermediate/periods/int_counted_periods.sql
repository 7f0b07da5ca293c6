-- In which batch each period was last counted, and as of which day. What the batch at work does not
-- touch stays as it was counted then.
with

periods as (

    select * from {{ ref('int_periods') }}

),

batch as (

    select * from {{ ref('stg_batch') }}

),

{{ touched_months() }},

touched as (

    select distinct
        periods.period_grain,
        periods.period_start
    from periods
    inner join touched_months
        on
            periods.evaluated_on >= touched_months.first_month
            and periods.period_start <= touched_months.last_month

),

known as (

    {% if is_merging() -%}
    select * from {{ this }}
    {%- else -%}
    select
        *,
        0 as batch_no
    from periods
    where false
    {%- endif %}

),

kept as (

    select known.*
    from known
    anti join touched
        on
            known.period_grain = touched.period_grain
            and known.period_start = touched.period_start

),

final as (

    select
        periods.period_grain,
        periods.period_start,
        periods.evaluated_on,
        coalesce(kept.batch_no, batch.batch_no) as batch_no
    from periods
    cross join batch
    left join kept
        on
            periods.period_grain = kept.period_grain
            and periods.period_start = kept.period_start
            and periods.evaluated_on = kept.evaluated_on

)

select * from final
