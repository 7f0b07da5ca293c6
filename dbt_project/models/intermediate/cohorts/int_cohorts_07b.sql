{{ measure_07b(
    cohorts(ref('int_dossiers__cases'), flags=['is_qms_dossier', 'is_online', 'is_online_level'], is_timed=false), per='cohort'
) }}
