{{ dossier_measure_cases(ref('int_compared_dossiers')) }}
