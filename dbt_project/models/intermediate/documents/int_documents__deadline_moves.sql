{{ deadline_moves(
    ref('int_documents__deadline_steps'), ref('int_documents__rows'), dataset='documents'
) }}
