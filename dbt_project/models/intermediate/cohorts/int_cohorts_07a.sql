{{ measure_07a(
    cohorts(ref('int_dossiers__cases'), flags=['is_qms_dossier', 'handled_electronically'], is_timed=false), per='cohort'
) }}
