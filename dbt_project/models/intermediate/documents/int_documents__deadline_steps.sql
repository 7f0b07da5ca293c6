with

{{ deadline_steps(ref('int_documents__deadline_offers')) }}

select * from deadline_steps
