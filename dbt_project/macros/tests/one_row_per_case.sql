{#- Every case has one row, and every row a case. -#}
{% test one_row_per_case(model, column_name) %}
select
    {{ column_name }},
    count(*) as copies
from {{ model }}
group by {{ column_name }}
having count(*) > 1 or {{ column_name }} is null
{% endtest %}
