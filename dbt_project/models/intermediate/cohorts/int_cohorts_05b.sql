{{ measure_05b(
    cohorts(ref('int_dossiers__cases'), flags=['is_qms_authority']), per='cohort'
) }}
