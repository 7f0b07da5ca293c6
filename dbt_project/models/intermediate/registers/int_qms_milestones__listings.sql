with

rows as (

    select * from {{ ref('stg_qms_milestones') }}

),

{{ listings('rows', key=['milestone_id'], content=[
    'kind', 'due_at', 'completed_at', 'evidence', 'source',
]) }}

select * from listings
