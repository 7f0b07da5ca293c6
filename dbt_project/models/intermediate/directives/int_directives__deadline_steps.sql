with

{{ deadline_steps(ref('int_directives__deadline_offers')) }}

select * from deadline_steps
