{#-
    Every case has one row, and every row a case. Hashes are compared first: they take little memory
    and tell all but the few cases apart that are then looked at themselves.
-#}
{% test one_row_per_case(model, column_name) %}
with

hashes as (

    select hash({{ column_name }}) as case_hash
    from {{ model }}

),

repeated as (

    select case_hash
    from hashes
    group by case_hash
    having count(*) > 1

)

select
    {{ column_name }},
    count(*) as copies
from {{ model }}
where hash({{ column_name }}) in (select repeated.case_hash from repeated)
group by {{ column_name }}
having count(*) > 1

union all

select
    {{ column_name }},
    1 as copies
from {{ model }}
where {{ column_name }} is null
{% endtest %}
