{{ plain_deadline_offers(ref('int_documents__histories')) }}
