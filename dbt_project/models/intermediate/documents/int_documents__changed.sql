-- The documents of which the batch at work has changed an entry.
select distinct {{ case_key(document_key('entries')) }} as case_id
from {{ ref('int_documents__histories') }} as entries
