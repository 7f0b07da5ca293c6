with

{{ listings(ref('stg_qms_milestones'), key=['milestone_id']) }}

select * from listings
