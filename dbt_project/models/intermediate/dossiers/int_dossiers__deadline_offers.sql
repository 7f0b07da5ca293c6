{{ plain_deadline_offers(ref('int_dossiers__histories')) }}
