-- The periods that are counted again with the batch at work.
select periods.*
from {{ ref('int_periods') }} as periods
inner join {{ ref('int_counted_periods') }} as counted
    on
        periods.period_grain = counted.period_grain
        and periods.period_start = counted.period_start
semi join {{ ref('stg_batch') }} as batch on counted.batch_no = batch.batch_no
