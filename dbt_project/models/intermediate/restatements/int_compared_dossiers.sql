-- Dossiers as one edition or another knew them. Empty in the warehouse: publishing fills it for as
-- long as it looks for the cases that moved a figure.
select * from {{ ref('int_dossiers__cases') }}
where false
