{{ deadline_moves(
    ref('int_dossiers__deadline_steps'), ref('int_dossiers__cases'), dataset='dossiers'
) }}
