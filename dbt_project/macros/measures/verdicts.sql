{#-
    All arithmetic of rates, verdicts and error budgets, in integers: num and den are counts of
    cases, the target is target_numerator / target_denominator.
-#}

{#- The only division of a rate. -#}
{% macro rate(num, den) -%}
    case when {{ den }} > 0 then {{ num }}::double / {{ den }} end
{%- endmacro %}


{#- Whether num/den meets the target; `ge`: at least, `gt`: more than. -#}
{% macro meets_target(num, den) -%}
    case comparator
            when 'ge'
                then {{ num }} * target_denominator >= target_numerator * {{ den }}
            when 'gt'
                then {{ num }} * target_denominator > target_numerator * {{ den }}
        end
{%- endmacro %}


{#-
    How many more failures the target still bears; below zero, how many more successes it lacks.
    The largest k with num/(den+k) meeting it, else minus the smallest j with (num+j)/den meeting it.
    A count has no failures: it exceeds its target, or falls short of it, by their difference.
-#}
{% macro failures_left(num, den) -%}
    case
            when is_count then {{ num }} - target_numerator // target_denominator
            when {{ meets_target(num, den) }}
                then (
                    {{ num }} * target_denominator - case comparator when 'gt' then 1 else 0 end
                ) // target_numerator - {{ den }}
            else {{ num }} - (
                target_numerator * {{ den }}
                + case comparator when 'gt' then target_denominator else target_denominator - 1 end
            ) // target_denominator
        end
{%- endmacro %}
