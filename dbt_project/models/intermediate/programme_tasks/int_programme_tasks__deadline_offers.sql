{{ plain_deadline_offers(ref('int_programme_tasks__histories')) }}
