with

{{ listings(ref('stg_regulations'), key=['regulation_id']) }}

select * from listings
