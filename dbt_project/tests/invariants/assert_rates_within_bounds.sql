-- A rate lies between its bounds, and all three between none and all.
select *
from {{ ref('int_scorecard') }}
where
    numerator < 0
    or numerator > denominator
    or not coalesce(rate between 0 and 1, true)
    or not coalesce(rate_low between 0 and 1, true)
    or not coalesce(rate_high between 0 and 1, true)
    or rate_low > rate
    or rate > rate_high
    or (denominator = 0 and rate is not null)
