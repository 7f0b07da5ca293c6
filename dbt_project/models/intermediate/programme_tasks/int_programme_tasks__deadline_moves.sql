{{ deadline_moves(
    ref('int_programme_tasks__deadline_steps'), ref('int_programme_tasks__cases'), dataset='programme_tasks'
) }}
