{{ measure_05a(
    cohorts(ref('int_dossiers__cases'), flags=['is_qms_authority', 'is_conforming', 'has_conformity_evidence'], is_timed=false), per='cohort'
) }}
