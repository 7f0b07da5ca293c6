{{ version_deadlines(
    ref('int_programme_tasks__histories'), ref('int_programme_tasks__deadline_steps'), dataset='programme_tasks'
) }}
