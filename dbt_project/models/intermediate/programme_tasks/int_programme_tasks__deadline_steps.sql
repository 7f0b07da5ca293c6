with

{{ deadline_steps(ref('int_programme_tasks__deadline_offers')) }}

select * from deadline_steps
