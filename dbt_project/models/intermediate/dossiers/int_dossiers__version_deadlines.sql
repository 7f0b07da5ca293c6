{{ version_deadlines(
    ref('int_dossiers__histories'), ref('int_dossiers__deadline_steps'), dataset='dossiers'
) }}
