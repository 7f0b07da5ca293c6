with

{{ deadline_steps(ref('int_dossiers__deadline_offers'), pauses=ref('int_dossiers__pauses')) }}

select * from deadline_steps
